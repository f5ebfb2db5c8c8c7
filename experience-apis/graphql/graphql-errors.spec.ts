import { GraphQLError } from 'graphql';
import { describe, expect, it } from 'vitest';
import { ErrorFormatter } from './graphql-errors.js';

const formatter = new ErrorFormatter();
const TOO_DEEP = new RangeError('Maximum call stack size exceeded');

describe('what a caller is told', () => {
  it('a variable on which its scalar fails is the mistake of the caller', () => {
    const error = new GraphQLError('Variable "$at" got invalid value { a: [Object] }.', { originalError: TOO_DEEP });
    expect(formatter.format(error)).toMatchObject({ message: error.message, extensions: { code: 'BAD_USER_INPUT' } });
  });

  it('the same failure at a field is a fault of the hub, and says nothing of it', () => {
    const error = new GraphQLError(TOO_DEEP.message, { originalError: TOO_DEEP, path: ['orders'] });
    const told = formatter.format(error);
    expect(told).toMatchObject({ extensions: { code: 'INTERNAL_SERVER_ERROR' } });
    expect(told.message).not.toContain('call stack');
  });
});
