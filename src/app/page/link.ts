/**
 * The line to the server: one WebSocket a tab (browsers allow six HTTP connections to a host, and an event stream would
 * hold one of them). It brings news, and by being open it says that the server is there. Once lost, it is tried again
 * for ever: after a restart of the server, a sleep of the machine, another program on the port.
 */
import type { AppEvent } from './api.js';

/** `down`: nobody answers; `refused`: somebody does, who does not know this page. */
export type LinkState = 'up' | 'down' | 'refused';

export interface Link {
  readonly state: LinkState;
  onNews(listener: (event: AppEvent) => void): void;
  /** Called at each change of the state. */
  onState(listener: (state: LinkState) => void): void;
  /** Tries at once in place of waiting for the next time. */
  retry(): void;
}

const PATH = '/api/put-page/news';
const PAUSE_MS = { first: 250, longest: 3000 };

/** The server says every 15 s that it is alive; after a sleep a connection can be dead without having been closed. */
const SILENCE_MS = 40_000;

export function openLink(): Link {
  const news = new Set<(event: AppEvent) => void>();
  const states = new Set<(state: LinkState) => void>();
  let state: LinkState = 'up';
  let socket: WebSocket | null = null;
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;

  const become = (next: LinkState): void => {
    if (state === next) return;
    state = next;
    for (const listener of states) listener(next);
  };
  const connect = (): void => {
    clearTimeout(timer);
    if (socket !== null) return;
    const opened = new WebSocket(new URL(PATH, location.href.replace(/^http/, 'ws')));
    socket = opened;
    const heard = (): void => {
      clearTimeout(silence);
      silence = setTimeout(() => lost(opened), SILENCE_MS);
    };
    opened.onopen = () => {
      failures = 0;
      heard();
      become('up');
    };
    opened.onmessage = message => {
      heard();
      for (const listener of news) listener(JSON.parse(String(message.data)) as AppEvent);
    };
    opened.onclose = () => lost(opened);
  };
  const lost = (closed: WebSocket): void => {
    if (socket !== closed) return;
    socket = null;
    closed.close();
    clearTimeout(silence);
    timer = setTimeout(connect, Math.min(PAUSE_MS.first * 2 ** failures++, PAUSE_MS.longest));
    void whoAnswers().then(next => {
      if (socket?.readyState !== WebSocket.OPEN) become(next);
    });
  };
  const retry = (): void => {
    if (socket === null) connect();
  };
  connect();
  window.addEventListener('online', retry);
  document.addEventListener('visibilitychange', retry);
  return {
    get state() {
      return state;
    },
    onNews: listener => void news.add(listener),
    onState: listener => void states.add(listener),
    retry,
  };
}

/** A WebSocket does not say why it closed. */
async function whoAnswers(): Promise<LinkState> {
  try {
    const { status } = await fetch('/api/status', { cache: 'no-store', signal: AbortSignal.timeout(2000) });
    return status === 403 ? 'refused' : 'down';
  } catch {
    return 'down';
  }
}
