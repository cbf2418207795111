import { describe, expect, it } from 'vitest';
import { leaseUser, returnUser } from '../../../labs-grading/run/users.ts';

describe('user ids of sandboxes', () => {
  it('take turns while they are proven to be free', () => {
    const [first, second] = [leaseUser(3), leaseUser(3)];
    returnUser(first, true);
    expect(leaseUser(3)).toBe(first);
    returnUser(second, true);
    expect(leaseUser(3)).toBe(second);
    for (const user of [first, second]) returnUser(user, true);
  });

  it('are never given out again when something may still run under them', () => {
    const lost = leaseUser(4);
    returnUser(lost, false);
    const next = leaseUser(4);
    expect(next).not.toBe(lost);
    returnUser(next, true);
    expect(leaseUser(4)).toBe(next);
  });

  it('of two workers are different, and one that has many moves on to further ones', () => {
    expect(leaseUser(5)).not.toBe(leaseUser(6));
    const many = Array.from({ length: 30 }, () => leaseUser(5));
    expect(new Set(many).size).toBe(30);
  });

  it('end some day, and that is said', () => {
    expect(() => Array.from({ length: 600 }, () => leaseUser(7))).toThrow('Something still runs under each of the users');
  });
});
