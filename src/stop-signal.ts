/** One Ctrl-C may come twice, some milliseconds apart: from the terminal, and from npm, which hands on what it got itself. */
const ONE_PRESS_MS = 2_000;

/**
 * Resolves at the first Ctrl-C or SIGTERM. A second Ctrl-C, two seconds later, ends the process at once. A second SIGTERM
 * changes nothing: supervisors repeat it, and what is under way ends in a bounded time.
 */
export function untilToldToStop(): Promise<void> {
  return new Promise((resolve) => {
    let stopping = false;
    let pressedAt = 0;
    const stop = (): void => {
      stopping = true;
      resolve();
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', () => {
      const now = performance.now();
      if (stopping && (pressedAt === 0 || now - pressedAt > ONE_PRESS_MS)) process.exit(130);
      pressedAt ||= now;
      stop();
    });
  });
}
