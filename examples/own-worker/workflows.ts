export * from 'temporal-provisioner/workflows'; // beside your own
