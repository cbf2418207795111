import { api } from './api.ts';
import { part } from './dom.ts';
import { Session } from './session.ts';

const first = await api.page(new URLSearchParams(location.search).get('question') ?? undefined);
if (first.ok) new Session(first.value).start();
else {
  part('answer-title').textContent = 'This page cannot be shown';
  part('status').textContent = first.refusal.reason;
}
