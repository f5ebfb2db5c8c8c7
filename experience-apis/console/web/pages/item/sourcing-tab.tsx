import { useState, type FormEvent, type ReactElement } from 'react';
import { graphql } from '../../generated/index.js';
import { Button, Card, SelectField, TextField } from '../../ui/index.js';
import { Loaded } from '../shared/loaded.js';
import { useRead } from '../shared/use-read.js';
import { SourcingAnswer } from './sourcing-answer.js';

const DRY_RUN = graphql(`
  query SourcingDryRun($input: SourcingDryRunInput!) {
    sourcingDryRun(input: $input) {
      channel
      asOf
      allocations {
        line
        node
        quantity
      }
      missing {
        line
        quantity
      }
      shortages {
        sku
        missing
        releasedAt
      }
      nodes {
        node
        rank
        because
        chosen
        whyNot
      }
      excluded {
        node
        code
        reason
      }
      limited {
        sku
        available
        ats
      }
    }
  }
`);

const LINES_MAX = 100;

interface Line {
  readonly sku: string;
  readonly quantity: string;
}

interface Question {
  readonly channel: string;
  readonly country: string;
  readonly region: string;
  readonly postalCode: string;
  readonly lines: readonly Line[];
}

interface SourcingTabProps {
  readonly sku: string;
  readonly channels: readonly { readonly key: string; readonly name: string }[];
}

/** Where an order of the item would go, and why. Nothing is claimed. */
export function SourcingTab({ sku, channels }: SourcingTabProps): ReactElement {
  const [question, setQuestion] = useState<Question>({
    channel: channels[0]?.key ?? '',
    country: '',
    region: '',
    postalCode: '',
    lines: [{ sku, quantity: '1' }],
  });
  const [asked, setAsked] = useState<Question>();
  const read = useRead(DRY_RUN, { input: inputOf(asked ?? question) }, { pause: asked === undefined });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    // The same question again is asked again: stock moves.
    if (asked !== undefined && JSON.stringify(asked) === JSON.stringify(question)) read.again();
    setAsked(question);
  };
  return (
    <div className="stack">
      <Card
        title="An order that might be placed"
        about="The hub's own function decides, on the stock of now. Nothing is claimed and nobody is called."
      >
        <form className="stack" onSubmit={submit}>
          <Where
            question={question}
            channels={channels}
            onChange={(changes) => setQuestion({ ...question, ...changes })}
          />
          <Lines lines={question.lines} onChange={(lines) => setQuestion({ ...question, lines })} />
          <div className="row">
            <Button kind="primary" type="submit" icon="play" busy={read.fetching}>
              Try it
            </Button>
          </div>
        </form>
      </Card>
      {asked !== undefined && (
        <Loaded read={read}>
          {({ sourcingDryRun }) => <SourcingAnswer answer={sourcingDryRun} lines={asked.lines} />}
        </Loaded>
      )}
    </div>
  );
}

interface WhereProps extends Pick<SourcingTabProps, 'channels'> {
  readonly question: Question;
  readonly onChange: (changes: Partial<Question>) => void;
}

function Where({ question, channels, onChange }: WhereProps): ReactElement {
  return (
    <div className="form-grid">
      <SelectField
        label="Channel"
        options={channels.map(({ key, name }) => ({ value: key, label: name }))}
        value={question.channel}
        onChange={({ target }) => onChange({ channel: target.value })}
      />
      <TextField
        label="Country"
        hint="Two letters: DE. Without it distance counts for nothing."
        maxLength={2}
        pattern="[A-Za-z]{2}"
        value={question.country}
        onChange={({ target }) => onChange({ country: target.value })}
      />
      <TextField label="Region" value={question.region} onChange={({ target }) => onChange({ region: target.value })} />
      <TextField
        label="Postal code"
        value={question.postalCode}
        onChange={({ target }) => onChange({ postalCode: target.value })}
      />
    </div>
  );
}

function Lines({
  lines,
  onChange,
}: {
  lines: readonly Line[];
  onChange: (lines: readonly Line[]) => void;
}): ReactElement {
  const change = (at: number, changes: Partial<Line>): void =>
    onChange(lines.map((line, index) => (index === at ? { ...line, ...changes } : line)));
  return (
    <fieldset className="stack-tight">
      <legend className="visually-hidden">Lines</legend>
      {lines.map((line, at) => (
        // Lines have no names of their own: their place is all that tells them apart.
        // oxlint-disable-next-line react/no-array-index-key
        <div key={at} className="row row-end">
          <TextField
            label={`SKU of line ${at + 1}`}
            hideLabel={at > 0}
            required
            value={line.sku}
            onChange={({ target }) => change(at, { sku: target.value })}
          />
          <TextField
            label={`Units of line ${at + 1}`}
            hideLabel={at > 0}
            required
            type="number"
            min={1}
            step={1}
            value={line.quantity}
            onChange={({ target }) => change(at, { quantity: target.value })}
          />
          {lines.length > 1 && (
            <Button
              kind="quiet"
              size="sm"
              icon="cross"
              onClick={() => onChange(lines.filter((_, index) => index !== at))}
            >
              Remove line {at + 1}
            </Button>
          )}
        </div>
      ))}
      {lines.length < LINES_MAX && (
        <div className="row">
          <Button size="sm" onClick={() => onChange([...lines, { sku: '', quantity: '1' }])}>
            Add a line
          </Button>
        </div>
      )}
    </fieldset>
  );
}

function inputOf({ channel, country, region, postalCode, lines }: Question): {
  channel: string;
  country: string | null;
  region: string | null;
  postalCode: string | null;
  lines: { sku: string; quantity: number }[];
} {
  return {
    channel,
    country: given(country)?.toUpperCase() ?? null,
    region: given(region),
    postalCode: given(postalCode),
    lines: lines.map(({ sku, quantity }) => ({ sku: sku.trim(), quantity: Number(quantity) })),
  };
}

function given(text: string): string | null {
  return text.trim() === '' ? null : text.trim();
}
