/** The Huawei Cloud console: one address for each service, and the region as its query, as the console itself links. */

export function consolePage(service: 'dayu' | 'fabric', region: string | undefined): string {
  const query = region === undefined ? '' : `?region=${encodeURIComponent(region)}`;
  return `https://console.huaweicloud.com/${service}/${query}`;
}
