import { describe, expect, it } from 'vitest';
import { maskEmail, maskName, maskPhone, maskText } from './masking.js';

describe('masking', () => {
  it.each([
    ['Ada Lovelace', 'A*** L***'],
    ['  Åsa   Öst ', 'Å*** Ö***'],
    ['🙂', '🙂***'],
    ['', '***'],
  ])('of the name %j', (name, masked) => expect(maskName(name)).toBe(masked));

  it.each([
    ['ada@example.org', 'a***@***.org'],
    ['a@b@lovelace.co.uk', 'a***@***.uk'],
    ['ada@localhost', 'a***@***'],
    ['@x.org', '***'],
    ['nothing', '***'],
  ])('of the e-mail address %j', (email, masked) => expect(maskEmail(email)).toBe(masked));

  it.each([
    ['+49 (30) 123-456', '***56'],
    ['1234', '***'],
    ['', '***'],
  ])('of the phone number %j', (phone, masked) => expect(maskPhone(phone)).toBe(masked));

  it.each([
    ['no e-mail to ada.l+x@mail.example.org today', 'no e-mail to a***@***.org today'],
    ['sent Authorization: Bearer abc.def-1~+/= and more', 'sent Authorization: Bearer *** and more'],
    ['token eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0. refused', 'token *** refused'],
    ['postgres://hub:s3cret@db:5432/hub', 'postgres://hub:***@db:5432/hub'],
    ['job 42 of 2026-01-01T10:00:00Z waits', 'job 42 of 2026-01-01T10:00:00Z waits'],
  ])('of the text %j', (text, masked) => expect(maskText(text)).toBe(masked));
});
