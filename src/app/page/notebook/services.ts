/** JupyterLab's managers, told where the server is and which of its parts we do not have. */
import { PageConfig } from '@jupyterlab/coreutils';
import { type Event, ServerConnection, ServiceManager } from '@jupyterlab/services';
import { Stream } from '@lumino/signaling';

/** Our server has no event bus; JupyterLab's own manager would retry for ever and log each time. */
class NoEvents implements Event.IManager {
  readonly stream: Event.Stream = new Stream<Event.IManager, Event.Emission>(this);
  readonly serverSettings = ServerConnection.makeSettings();
  isDisposed = false;
  async emit(): Promise<void> {}
  dispose(): void {
    this.isDisposed = true;
  }
}

export function startServices(): ServiceManager {
  const base = new URL('/', location.href).href;
  PageConfig.setOption('baseUrl', base);
  PageConfig.setOption('wsUrl', base.replace(/^http/, 'ws'));
  PageConfig.setOption('appUrl', '/');
  PageConfig.setOption('terminalsAvailable', 'false');
  return new ServiceManager({ events: new NoEvents() });
}
