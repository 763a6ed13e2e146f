/** Results in the panel: to be found and downloaded, never changed. */

import type { ResourceOptions } from 'adminjs';
import type { ResultModel } from '../../lib/models/define-models.js';
import { component } from '../component-names.js';
import type { PanelContext } from './context.js';
import { resourceId } from './ids.js';
import { PanelResource, type Source } from './panel-resource.js';

/** The resource, for AdminJS's `resources`. */
export function resultResource(context: PanelContext): {
  resource: PanelResource<ResultModel>;
  options: ResourceOptions;
} {
  return { resource: new PanelResource(resultSource(context), context), options: options(context) };
}

function resultSource({ drs: { models } }: PanelContext): Source<ResultModel> {
  return {
    id: resourceId.results,
    model: models.Result,
    columns: [
      { name: 'id', type: 'number' },
      { name: 'remoteFilename', filter: 'text' },
      { name: 'jobId', filter: 'number' },
      { name: 'attempt', type: 'number', filter: 'number' },
      { name: 'size', type: 'number' },
      { name: 'createdAt', type: 'datetime', isSortable: true },
    ],
    readAction: 'result:read',
    async accessRecords(results) {
      const jobs = await models.Job.findAll({
        where: { id: [...new Set(results.map(({ jobId }) => jobId))] },
        attributes: ['id', 'owner', 'ownerUsername', 'serverId', 'interpreterId', 'status'],
      });
      return results.map(({ jobId }) => jobs.find(({ id }) => id === jobId) ?? null);
    },
    present: ({ id, remoteFilename, jobId, attempt, size, createdAt }) => ({
      id,
      remoteFilename,
      jobId,
      attempt,
      size,
      createdAt,
    }),
  };
}

function options({ navigation, mountPath }: PanelContext): ResourceOptions {
  const nobody = { isAccessible: false };
  return {
    id: resourceId.results,
    navigation: { name: navigation, icon: 'File' },
    titleProperty: 'remoteFilename',
    sort: { sortBy: 'createdAt', direction: 'desc' },
    listProperties: ['remoteFilename', 'size', 'jobId', 'attempt', 'createdAt'],
    showProperties: ['remoteFilename', 'size', 'jobId', 'attempt', 'createdAt'],
    filterProperties: ['remoteFilename', 'jobId'],
    properties: {
      remoteFilename: {
        isTitle: true,
        custom: { mountPath },
        components: { list: component.downloadLink, show: component.downloadLink },
      },
      size: { components: { list: component.sizeValue, show: component.sizeValue } },
      jobId: { reference: resourceId.jobs },
      createdAt: { components: { list: component.agoValue, show: component.agoValue } },
    },
    actions: { new: nobody, edit: nobody, delete: nobody, bulkDelete: nobody },
  };
}
