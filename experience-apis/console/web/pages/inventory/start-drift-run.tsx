import { useId, useState, type FormEvent, type ReactElement } from 'react';
import { graphql } from '../../generated/index.js';
import type { DriftSystem } from '../../generated/graphql.js';
import { Button, CheckField, Dialog, SelectField } from '../../ui/index.js';
import { useAction } from '../shared/use-action.js';
import { DRIFT_SYSTEMS, isDriftSystem } from './drift-systems.js';

const START_RUN = graphql(`
  mutation StartDriftRun($input: StartDriftRunInput!) {
    startDriftRun(input: $input) {
      ... on DriftRunStarted {
        run {
          id
        }
      }
      ... on DriftSubjectUnknown {
        message
      }
      ... on TooManyDriftRuns {
        message
      }
    }
  }
`);

interface Named {
  readonly key: string;
  readonly name: string;
}

interface StartDriftRunProps {
  readonly nodes: readonly Named[];
  readonly channels: readonly Named[];
  readonly onClose: () => void;
  /** With the id of the comparison that goes on now. */
  readonly onStarted: (run: string) => void;
}

/** Asks what to compare, and begins. */
export function StartDriftRun({ nodes, channels, onClose, onStarted }: StartDriftRunProps): ReactElement {
  const form = useId();
  const [system, setSystem] = useState<DriftSystem>('WMS');
  const [subject, setSubject] = useState('');
  const [takeSnapshot, setTakeSnapshot] = useState(false);
  const [problem, setProblem] = useState<string>();
  const { busy, run } = useAction(START_RUN);
  const subjects = system === 'CHANNEL' ? channels : nodes;
  const chosen = subjects.some(({ key }) => key === subject) ? subject : (subjects[0]?.key ?? '');
  const start = async (): Promise<void> => {
    const answer = await run({ input: { system, subject: chosen, takeSnapshot: system === 'WMS' && takeSnapshot } });
    if ('problem' in answer) setProblem(answer.problem);
    else if (answer.data.startDriftRun.__typename === 'DriftRunStarted') onStarted(answer.data.startDriftRun.run.id);
    else setProblem(answer.data.startDriftRun.message);
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!busy) void start();
  };
  return (
    <Dialog
      title="Compare now"
      open
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" form={form} busy={busy}>
            Compare
          </Button>
        </>
      }
    >
      <form id={form} className="stack" onSubmit={submit}>
        <SelectField
          label="With"
          options={DRIFT_SYSTEMS}
          value={system}
          onChange={({ target }) => {
            if (isDriftSystem(target.value)) setSystem(target.value);
          }}
        />
        <SelectField
          label={system === 'CHANNEL' ? 'Channel' : 'Node'}
          options={subjects.map(({ key, name }) => ({ value: key, label: `${name} (${key})` }))}
          value={chosen}
          error={problem}
          onChange={({ target }) => setSubject(target.value)}
        />
        {system === 'WMS' && (
          <CheckField
            label="Take the warehouse's count as it is, instead of looking for what explains a difference"
            checked={takeSnapshot}
            onChange={({ target }) => setTakeSnapshot(target.checked)}
          />
        )}
      </form>
    </Dialog>
  );
}
