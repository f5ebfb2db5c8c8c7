import type { ReactElement } from 'react';
import { Page } from '../../app/page.js';
import { useSession } from '../../auth/session.js';
import { Tabs, type Tab } from '../../ui/index.js';
import { BacklogView } from '../shared/backlog-view.js';
import { MessagesView } from '../shared/messages-view.js';
import { TasksView } from '../shared/tasks-view.js';
import { useUrlState } from '../shared/url-state.js';
import { OverviewView } from './overview-view.js';

const START = { view: 'health' };

/** Whom the hub speaks with, how that goes, and what waits. */
export default function SystemsPage(): ReactElement {
  const { scopes } = useSession();
  const { values, set } = useUrlState(START);
  const tabs: Tab[] = [{ key: 'health', title: 'Health', content: () => <OverviewView /> }];
  if (scopes.has('operations:read'))
    tabs.push(
      { key: 'backlog', title: 'Backlog', content: () => <BacklogView /> },
      { key: 'tasks', title: 'Tasks and dead letters', content: () => <TasksView /> },
      { key: 'messages', title: 'Messages', content: () => <MessagesView /> },
    );
  return (
    <Page title="Channels and systems">
      <Tabs label="Channels and systems" tabs={tabs} open={values.view} onOpen={(view) => set({ view })} />
    </Page>
  );
}
