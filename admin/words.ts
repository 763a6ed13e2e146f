/** The panel's words: labels of resources, properties and actions, and what empty lists and notices say. */

import type { ResourceOptions } from 'adminjs';
import { resourceId } from './resources/ids.js';

type Words = NonNullable<NonNullable<ResourceOptions['translations']>[string]>;

const actions = {
  list: 'All',
  show: 'Look at',
  edit: 'Edit',
  delete: 'Delete',
  bulkDelete: 'Delete selected',
};

/** By resource; AdminJS looks here before it looks into its own words. */
export const words: Record<keyof typeof resourceId, Words> = {
  interpreters: {
    labels: { [resourceId.interpreters]: 'Interpreters' },
    actions: { ...actions, list: 'Interpreters', show: 'Interpreter', new: 'Add an interpreter' },
    buttons: { createFirstRecord: 'Add an interpreter', addNewItem: 'Add an argument' },
    properties: {
      name: 'Name',
      path: 'Program',
      arguments: 'Arguments',
      createdAt: 'Added',
      history: 'Who did what',
    },
    messages: {
      confirmDelete: 'Delete this interpreter?',
      noRecords: 'No interpreters',
      noRecordsInResource:
        'An interpreter is what runs a program on a server, such as /usr/bin/python3. Here are none, or none that the filter lets through.',
    },
  },
  servers: {
    labels: { [resourceId.servers]: 'Servers' },
    actions: {
      ...actions,
      list: 'Servers',
      show: 'Server',
      new: 'Add a server',
      testConnection: 'Test connection',
      hostKey: 'Host key',
      copyKey: 'Copy key',
      deleteKey: 'Delete key',
    },
    buttons: { createFirstRecord: 'Add a server' },
    properties: {
      title: 'Title',
      hostname: 'Host name',
      port: 'Port',
      proxyJump: 'Jump host',
      interpreterIds: 'Interpreters',
      controlDirectory: 'Control directory',
      transport: 'Reached by',
      scheduler: 'Scheduler',
      legacyAlgorithms: 'Old algorithms',
      allowedUsers: 'Allowed users',
      usernames: 'User names',
      createdAt: 'Added',
      history: 'Who did what',
    },
    messages: {
      confirmDelete: 'Delete this server?',
      noRecords: 'No servers',
      noRecordsInResource:
        'A server is a machine that is reached over SSH, and runs jobs. Here are none, or none that the filter lets through.',
    },
  },
  jobs: {
    labels: { [resourceId.jobs]: 'Jobs' },
    actions: {
      ...actions,
      list: 'Jobs',
      show: 'Job',
      new: 'Make a job',
      submit: 'Submit to server',
      submitSelected: 'Submit to server',
      cancel: 'Cancel',
      cancelSelected: 'Cancel',
      copy: 'Copy to server',
      copySelected: 'Copy to server',
      retry: 'Run again',
      retrySelected: 'Run again',
      requeue: 'Queue again',
      requeueSelected: 'Queue again',
    },
    buttons: { createFirstRecord: 'Make a job', addNewItem: 'Add a pattern' },
    properties: {
      title: 'Title',
      status: 'Status',
      ownerUsername: 'Owner',
      owner: 'Identifier of the owner',
      serverId: 'Server',
      interpreterId: 'Interpreter',
      duration: 'Ran for',
      createdAt: 'Made',
      failureReason: 'Reason',
      remoteDirectory: 'Directory on the server',
      remoteFilename: 'File name on the server',
      program: 'Program',
      timeoutMs: 'Time limit',
      logPolicy: 'Output',
      storeResults: 'Result files',
    },
    messages: {
      confirmDelete: 'Delete this job with its logs and results?',
      noRecords: 'No jobs',
      noRecordsInResource:
        'A job is a program and the server that it runs on. Here are none, or none that the filter lets through.',
    },
  },
  results: {
    labels: { [resourceId.results]: 'Results' },
    actions: { ...actions, list: 'Results', show: 'Result' },
    properties: {
      remoteFilename: 'File',
      size: 'Size',
      jobId: 'Job',
      attempt: 'Attempt',
      createdAt: 'Stored',
    },
    messages: {
      noRecords: 'No results',
      noRecordsInResource:
        'Files that jobs make or change appear here when the jobs have ended. Here are none, or none that the filter lets through.',
    },
  },
};

/** What AdminJS says without looking at the words of a resource: breadcrumbs and notices. */
export const commonWords = {
  components: {
    Login: {
      welcomeHeader: 'Welcome',
      welcomeMessage: 'Sign in to look after jobs, servers and interpreters.',
      properties: { email: 'User name', password: 'Password' },
      loginButton: 'Sign in',
    },
  },
  messages: {
    successfullyCreated: 'Saved.',
    successfullyUpdated: 'Saved.',
    successfullyDeleted: 'Deleted.',
    successfullyBulkDeleted: 'Deleted.',
    successfullyBulkDeleted_plural: 'Deleted.',
    thereWereValidationErrors: 'It was not saved. See the fields below.',
    bulkDeleteError: 'Deleting failed. The log of the server says why.',
    theseRecordsWillBeRemoved: 'This will be deleted:',
    theseRecordsWillBeRemoved_plural: 'These will be deleted:',
    error404Resource: 'There is no such page.',
    error404Action: 'There is no such page, or it is not for you to see.',
    error404Record: 'It is not there any more, or it is not for you to see.',
  },
  actions: {
    show: 'Details',
    new: 'New',
    submit: 'Submit to server',
    submitSelected: 'Submit to server',
    cancelSelected: 'Cancel',
    copy: 'Copy to server',
    copySelected: 'Copy to server',
    retry: 'Run again',
    retrySelected: 'Run again',
    requeue: 'Queue again',
    requeueSelected: 'Queue again',
    testConnection: 'Test connection',
    hostKey: 'Host key',
    copyKey: 'Copy key',
    deleteKey: 'Delete key',
  },
};
