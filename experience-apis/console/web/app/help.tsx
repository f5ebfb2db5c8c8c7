import { useEffect, useRef, type ReactElement } from 'react';
import { Button } from '../ui/button.js';
import { KeyHint } from '../ui/values.js';
import { PLACES } from './places.js';

interface HelpProps {
  readonly onClose: () => void;
}

const EVERYWHERE: readonly (readonly [keys: readonly string[], does: string])[] = [
  [['/'], 'Search for anything'],
  [['j'], 'Next row of the list'],
  [['k'], 'Row before'],
  [['Enter'], 'Open the row'],
  [['x'], 'Choose the row, to act on several'],
  [['Esc'], 'Close what is open, leave a field'],
  [['?'], 'This help'],
];

/** The keys of the console. */
export function Help({ onClose }: HelpProps): ReactElement {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} className="help" aria-labelledby="help-title" onClose={onClose}>
      <h2 id="help-title">Keys</h2>
      <div className="help-columns">
        <ul aria-label="Everywhere">
          {EVERYWHERE.map(([keys, does]) => (
            <li key={does}>
              <KeyHint keys={keys} does={does} />
            </li>
          ))}
        </ul>
        <ul aria-label="Pages">
          {PLACES.map(({ key, title }) => (
            <li key={key}>
              <KeyHint keys={['g', key]} does={title} />
            </li>
          ))}
        </ul>
      </div>
      <p className="help-end">
        <Button onClick={() => dialog.current?.close()}>Close</Button>
      </p>
    </dialog>
  );
}
