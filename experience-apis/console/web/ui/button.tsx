import type { ButtonHTMLAttributes, ReactElement, ReactNode } from 'react';
import { classNames } from './class-names.js';
import { Icon, type IconName } from './icon.js';

interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'className' | 'style'> {
  /** `primary` once on a page or dialog; `quiet` inside tables and toolbars. */
  readonly kind?: 'primary' | 'secondary' | 'quiet' | 'danger';
  readonly size?: 'sm' | 'md';
  readonly icon?: IconName | undefined;
  /** The work has begun: it cannot be pressed again, and says so. The focus stays. */
  readonly busy?: boolean;
  readonly children: ReactNode;
}

/** Does something. What leads elsewhere is a link. */
export function Button(props: ButtonProps): ReactElement {
  const { kind = 'secondary', size = 'md', icon, busy = false, children, onClick, type = 'button', ...rest } = props;
  return (
    <button
      {...rest}
      type={type}
      className={classNames('button', `button-${kind}`, size === 'sm' && 'button-sm')}
      aria-busy={busy || undefined}
      aria-disabled={busy || rest['aria-disabled'] || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
    >
      {busy ? <span className="button-spinner" aria-hidden="true" /> : icon !== undefined && <Icon name={icon} />}
      {children}
    </button>
  );
}

/** A button that is a sign alone. The label is what it is called. */
export function IconButton(
  props: Omit<ButtonProps, 'children' | 'kind'> & { readonly label: string; readonly icon: IconName },
): ReactElement {
  const { label, icon, size = 'md', busy = false, type = 'button', ...rest } = props;
  return (
    <button
      {...rest}
      type={type}
      className={classNames('button', 'button-quiet', 'button-icon', size === 'sm' && 'button-sm')}
      aria-label={label}
      aria-busy={busy || undefined}
      title={label}
    >
      <Icon name={icon} />
    </button>
  );
}
