import { useState, type ReactElement } from 'react';
import { useToasts } from '../../app/toasts.js';
import { useSession } from '../../auth/session.js';
import { graphql } from '../../generated/index.js';
import { Button, CopyText, Drawer, Facts, Instant, Notice, plainWords, StatusBadge } from '../../ui/index.js';
import { Loaded } from './loaded.js';
import { MESSAGE_TONE } from './systems.js';
import type { Message } from './records.types.js';
import { useAction } from './use-action.js';
import { useRead } from './use-read.js';

const REPROCESS = graphql(`
  mutation ReprocessMessage($input: ReprocessMessageInput!) {
    reprocessMessage(input: $input) {
      ... on MessageReprocessed {
        message {
          id
          status
          detail
        }
      }
      ... on MessageNotFound {
        sentence: message
      }
    }
  }
`);

const BODY = graphql(`
  query MessageBody($id: ID!) {
    messageBody(id: $id)
  }
`);

interface MessageDrawerProps {
  readonly message: Message | undefined;
  readonly onClose: () => void;
  /** It was read again. */
  readonly onDone: () => void;
}

/** One message: what became of it and why; its body for those who may, on record. Open while there is one. */
export function MessageDrawer({ message, onClose, onDone }: MessageDrawerProps): ReactElement | null {
  const { scopes } = useSession();
  if (message === undefined) return null;
  return (
    <Drawer
      title={`${message.topic} from ${message.source}`}
      open
      onClose={onClose}
      actions={
        scopes.has('operations:write') && (
          <Reprocess key={message.id} message={message} onDone={onDone} onClose={onClose} />
        )
      }
    >
      <div className="stack">
        {message.detail !== null && message.detail !== undefined && (
          <Notice tone={message.status === 'REFUSED' ? 'bad' : 'info'}>{message.detail}</Notice>
        )}
        <Facts
          entries={[
            ['Became', <StatusBadge key="status" status={message.status} tone={MESSAGE_TONE[message.status]} />],
            ['Why', message.reason === null || message.reason === undefined ? null : plainWords(message.reason)],
            ['Where in it', message.pointer === null ? null : <code key="pointer">{message.pointer}</code>],
            ['Came', <Instant key="came" at={message.receivedAt} />],
            ['About', message.subjects.join(', ')],
            ['The sender calls it', <CopyText key="external" text={message.externalId} what="the sender's id" />],
            ['Id', <CopyText key="id" text={message.id} what="message id" />],
          ]}
        />
        {scopes.has('messages:read') && <Body key={message.id} id={message.id} />}
      </div>
    </Drawer>
  );
}

function Reprocess({
  message,
  onDone,
  onClose,
}: {
  message: Message;
  onDone: () => void;
  onClose: () => void;
}): ReactElement {
  const toasts = useToasts();
  const { busy, run } = useAction(REPROCESS);
  const again = async (): Promise<void> => {
    const answer = await run({ input: { messageId: message.id } });
    if ('problem' in answer) toasts.failed(answer.problem);
    else if (answer.data.reprocessMessage.__typename === 'MessageNotFound')
      toasts.failed(answer.data.reprocessMessage.sentence);
    else {
      const { status, detail } = answer.data.reprocessMessage.message;
      toasts.done(
        `It was read again: ${plainWords(status).toLowerCase()}${detail === null || detail === undefined ? '.' : `. ${detail}`}`,
      );
      onDone();
      onClose();
    }
  };
  return (
    <Button kind="primary" icon="refresh" busy={busy} onClick={() => void again()}>
      Read it again
    </Button>
  );
}

function Body({ id }: { id: string }): ReactElement {
  const [wanted, setWanted] = useState(false);
  const read = useRead(BODY, { id }, { pause: !wanted });
  if (!wanted)
    return (
      <Notice
        action={
          <Button size="sm" onClick={() => setWanted(true)}>
            Show the body
          </Button>
        }
      >
        The body may hold personal data. Whoever reads it is recorded.
      </Notice>
    );
  return (
    <Loaded read={read}>
      {({ messageBody }) => <pre className="code-block">{pretty(messageBody ?? 'It is not kept any more.')}</pre>}
    </Loaded>
  );
}

/** JSON with its lines broken; anything else as it is. */
function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
