import { useState, type ReactElement } from 'react';
import { RouterProvider } from 'react-router/dom';
import { Provider } from 'urql';
import { SessionProvider } from '../auth/session.js';
import { createHubClient } from './client.js';
import { router } from './routes.js';
import { ToastProvider } from './toasts.js';

export function App(): ReactElement {
  const [client] = useState(createHubClient);
  return (
    <SessionProvider>
      <Provider value={client}>
        <ToastProvider>
          <RouterProvider router={router} />
        </ToastProvider>
      </Provider>
    </SessionProvider>
  );
}
