import { createContext, use, useCallback, useMemo, useRef, useState, type ReactElement, type ReactNode } from 'react';
import type { CombinedError } from 'urql';
import { troubleOf } from './trouble.js';

interface Toast {
  readonly id: number;
  readonly tone: 'good' | 'bad';
  readonly sentence: string;
  readonly correlationId?: string;
}

/** Says what came of an action. Troubles stay until they are closed. */
export interface Toasts {
  readonly done: (sentence: string) => void;
  readonly failed: (error: CombinedError | string) => void;
}

const SHOWN_MS = 6_000;
const SHOWN_MAX = 5;
const ToastsContext = createContext<Toasts | undefined>(undefined);

export function useToasts(): Toasts {
  const toasts = use(ToastsContext);
  if (toasts === undefined) throw new Error('useToasts outside of a ToastProvider');
  return toasts;
}

export function ToastProvider({ children }: { readonly children: ReactNode }): ReactElement {
  const [shown, setShown] = useState<readonly Toast[]>([]);
  const lastId = useRef(0);
  const close = useCallback((id: number) => setShown((all) => all.filter((toast) => toast.id !== id)), []);
  const show = useCallback((toast: Omit<Toast, 'id'>): number => {
    lastId.current += 1;
    const id = lastId.current;
    setShown((all) => [...all, { ...toast, id }].slice(-SHOWN_MAX));
    return id;
  }, []);
  const toasts = useMemo<Toasts>(
    () => ({
      done: (sentence) => {
        const id = show({ tone: 'good', sentence });
        setTimeout(() => close(id), SHOWN_MS);
      },
      failed: (error) => {
        show(typeof error === 'string' ? { tone: 'bad', sentence: error } : { tone: 'bad', ...troubleOf(error) });
      },
    }),
    [show, close],
  );
  return (
    <ToastsContext value={toasts}>
      {children}
      <div className="toasts" role="status" aria-live="polite">
        {shown.map(({ id, tone, sentence, correlationId }) => (
          <div key={id} className={`toast toast-${tone}`}>
            <p>
              {sentence}
              {correlationId === undefined ? null : <small> Correlation id {correlationId}</small>}
            </p>
            <button type="button" className="plain" aria-label="Close this message" onClick={() => close(id)}>
              ×
            </button>
          </div>
        ))}
      </div>
    </ToastsContext>
  );
}
