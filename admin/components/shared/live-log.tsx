/** The element that shows a job's output live, from the router that the host mounted. */

import { useEffect, useRef, type ReactElement } from 'react';

/** Loads the element's script once, and shows the log of the job's newest attempt. */
export function LiveLog({ jobId, mountPath }: { jobId: string; mountPath: string }): ReactElement {
  const container = useRef<HTMLDivElement>(null);
  useEffect(() => {
    loadOnce(`${mountPath}/client.js`);
    const log = document.createElement('drs-job-log');
    log.className = 'drs-log';
    log.setAttribute('job', jobId);
    container.current?.replaceChildren(log);
    return () => log.remove();
  }, [jobId, mountPath]);
  return <div ref={container} />;
}

function loadOnce(address: string): void {
  if (document.querySelector(`script[src="${address}"]`)) return;
  const script = document.createElement('script');
  script.type = 'module';
  script.src = address;
  document.head.append(script);
}
