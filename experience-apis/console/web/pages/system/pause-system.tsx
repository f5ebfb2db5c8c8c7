import { useState, type ReactElement } from 'react';
import { Button } from '../../ui/index.js';
import { PauseDialog, type PauseRequest } from './pause-dialog.js';
import type { System } from './system.types.js';

/** Stops a whole system, or its writes; lets it go on. */
export function PauseSystem({ system, onDone }: { system: System; onDone: () => void }): ReactElement {
  const [request, setRequest] = useState<PauseRequest>();
  const paused = system.operations.filter((operation) => operation.paused);
  const ask = (verb: PauseRequest['verb'], operation: string): void =>
    setRequest({ verb, operation, system: system.name });
  const allWrites = system.operations.filter(({ write }) => write).every((operation) => operation.paused);
  return (
    <>
      {paused.length > 0 && (
        <>
          <Button icon="play" onClick={() => ask('resume', '*')}>
            Resume all…
          </Button>
          {allWrites && (
            <Button icon="play" onClick={() => ask('resume', 'writes')}>
              Resume writes…
            </Button>
          )}
        </>
      )}
      {paused.length < system.operations.length && (
        <>
          {!allWrites && (
            <Button icon="pause" onClick={() => ask('pause', 'writes')}>
              Pause writes…
            </Button>
          )}
          <Button icon="pause" onClick={() => ask('pause', '*')}>
            Pause all…
          </Button>
        </>
      )}
      <PauseDialog request={request} onClose={() => setRequest(undefined)} onDone={onDone} />
    </>
  );
}
