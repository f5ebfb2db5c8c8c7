import { describe, expect, it } from 'vitest';
import { readUserCommand } from './user.options.js';

const ROLES = ['agent', 'admin'];
const read = (line: string) => readUserCommand(line === '' ? [] : line.split(' '), ROLES);

describe('the command line of users', () => {
  it('says what to do with whom', () => {
    expect(read('add Ada --name Ada --role agent --role admin --stdin')).toMatchObject({
      action: 'add',
      id: 'ada',
      name: 'Ada',
      roles: ['agent', 'admin'],
      stdin: true,
    });
    expect(read('list --json')).toMatchObject({ action: 'list', json: true });
    for (const line of ['', '--help', 'add ada --help']) expect(read(line).action).toBe('help');
  });

  it.each([
    ['ad ada', '"add"'],
    ['add', 'Name one user'],
    ['list ada', 'none after "list"'],
    ['remove ada bob', 'Name one user'],
    ['add ada --role boss', 'There is no role "boss": give one of agent, admin.'],
    ['add ada --rol agent', '--help'],
  ])('is refused in a sentence: %s', (line, sentence) => {
    expect(() => read(line)).toThrow(sentence);
  });
});
