import type { History, HistoryRequest } from '../session/history.ts';
import { isComplete } from './is-complete.ts';
import { kernelInfo } from './kernel-info.ts';
import { complete, describe, type Names } from './names.ts';

type Content = Record<string, unknown>;

/** The answer to a request that is not about running code; undefined for message types that get none. */
export function answer(type: string, content: Content, { names, history }: { names: () => Names; history: History }): object | undefined {
  switch (type) {
    case 'kernel_info_request':
      return kernelInfo();
    case 'is_complete_request':
      return isComplete(String(content.code));
    case 'complete_request':
      return complete(names(), String(content.code), Number(content.cursor_pos));
    case 'inspect_request':
      return inspected(describe(names(), String(content.code), Number(content.cursor_pos)));
    case 'history_request':
      return { status: 'ok', history: history.find(content as HistoryRequest) };
    case 'shutdown_request':
      return { status: 'ok', restart: Boolean(content.restart) };
    case 'comm_info_request':
      return { status: 'ok', comms: {} };
    default:
      return undefined;
  }
}

const inspected = (text: string | undefined) =>
  text === undefined
    ? { status: 'ok', found: false, data: {}, metadata: {} }
    : { status: 'ok', found: true, data: { 'text/plain': text }, metadata: {} };
