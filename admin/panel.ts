/** Builds AdminJS for one mount path. */

import AdminJS from 'adminjs';
import type { ResolvedAdminOptions } from './admin-options.js';
import { component } from './component-names.js';
import { userOfPanel } from './current-admin.js';
import { dashboard, type DashboardDependencies } from '../lib/domain/dashboard.js';
import { requireUser, type PanelContext } from './resources/context.js';
import { commonWords } from './words.js';
import { panelResources } from './resources/index.js';

/** What a panel of its own shows, and with what. */
type PanelServices = DashboardDependencies & Omit<PanelContext, 'userOf' | 'mountPath' | 'navigation'>;

/** AdminJS with the panel's resources and dashboard. It is never initialised: it would bundle components at start. */
export function createPanel(
  services: PanelServices,
  { rootPath, mountPath, title }: ResolvedAdminOptions & { rootPath: string },
): AdminJS {
  const { drs, access, audit, sequelize, options, transports, schedulers } = services;
  const context: PanelContext = {
    drs,
    access,
    audit,
    sequelize,
    options,
    transports,
    schedulers,
    userOf: userOfPanel,
    mountPath,
    navigation: null,
  };
  return new AdminJS({
    rootPath,
    // Not the host's page for signing in: AdminJS takes any answer from an address that begins like it for a sign-out.
    loginPath: `${rootPath}/sign-in`,
    logoutPath: `${rootPath}/sign-out`,
    branding: {
      companyName: title,
      logo: false,
      withMadeWithLove: false,
      favicon: `${rootPath}/frontend/assets/drs.ico`,
    },
    assets: { styles: [`${rootPath}/frontend/assets/drs.css`] },
    settings: { defaultPerPage: 20 },
    locale: { language: 'en', availableLanguages: ['en'], translations: { en: commonWords } },
    dashboard: {
      component: component.dashboard,
      handler: async (_request, _response, { currentAdmin }) =>
        dashboard(services, requireUser(context, { currentAdmin })),
    },
    resources: panelResources(context),
  });
}
