"""The clouds' official Python SDKs against a running simulator: create, list and delete with each.

Usage: python python_sdks.py DESCRIPTION, where DESCRIPTION is the simulator's first line on stdout. Prints one JSON
object of what was seen. Needs huaweicloudsdkcore, huaweicloudsdkdataartsstudio, huaweicloudsdkdataartsfabric,
huaweicloudsdkiam and alibabacloud-dataworks-public20240518.
"""

import json
import sys

from alibabacloud_dataworks_public20240518 import models as dw
from alibabacloud_dataworks_public20240518.client import Client as DataWorksClient
from alibabacloud_tea_openapi import models as open_api
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkdataartsfabric.v1 import (
    CreateWorkspaceRequest as FabricCreate,
    DataArtsFabricClient,
    DeleteWorkspaceRequest as FabricDelete,
    ListWorkspacesRequest as FabricList,
)
from huaweicloudsdkdataartsfabric.v1 import model as fabric_models
from huaweicloudsdkdataartsstudio.v1 import DataArtsStudioClient
from huaweicloudsdkdataartsstudio.v1 import model as studio
from huaweicloudsdkiam.v3 import IamClient
from huaweicloudsdkiam.v3 import model as iam

described = json.loads(sys.argv[1])
endpoint = described["endpoint"]
huawei = described["huawei"]
alibaba = described["alibaba"]
seen = {}


def credentials(secret=None):
    return BasicCredentials(huawei["accessKey"], secret or huawei["secretKey"], huawei["projectId"])


def client_of(kind, secret=None):
    return kind.new_builder().with_credentials(credentials(secret)).with_endpoints([endpoint]).build()


def data_arts_studio():
    client = client_of(DataArtsStudioClient)
    instance = huawei["instanceId"]
    body = studio.CreateWorkspaceParams(name="from-python", eps_id="0", description="größe & 大小 (100%)")
    client.create_manager_work_space(studio.CreateManagerWorkSpaceRequest(instance_id=instance, body=body))
    listed = client.list_manager_work_spaces(
        studio.ListManagerWorkSpacesRequest(instance_id=instance, limit=100, offset=0)
    )
    found = [each for each in listed.data if each.name == "from-python"]
    shown = client.show_work_space(studio.ShowWorkSpaceRequest(instance_id=instance, workspace_id=found[0].id))
    deleted = client.batch_delete_workspaces(
        studio.BatchDeleteWorkspacesRequest(
            instance_id=instance, body=studio.BatchDeleteWorkspacesRequestBody(workspace_ids=[found[0].id])
        )
    )
    seen["studio"] = {"description": shown.description, "deleted": deleted.is_success}


def data_arts_fabric():
    client = client_of(DataArtsFabricClient)
    body = fabric_models.CreateWorkspaceRequestInput(name="from-python", description="größe")
    created = client.create_workspace(FabricCreate(body=body))
    listed = client.list_workspaces(FabricList(enterprise_project_id="all_granted_eps", name="from-python"))
    client.delete_workspace(FabricDelete(workspace_id=created.id))
    seen["fabric"] = {"ids": [each.id == created.id for each in listed.workspaces], "requestId": bool(created.x_request_id)}
    try:
        client.delete_workspace(FabricDelete(workspace_id=created.id))
    except ClientRequestException as refused:
        seen["fabric"]["again"] = refused.error_code


def identity():
    client = client_of(IamClient)
    domain = iam.PwdPasswordUserDomain(name=huawei["domainName"])
    user = iam.PwdPasswordUser(domain=domain, name=huawei["userName"], password=huawei["password"])
    auth = iam.PwdAuth(
        identity=iam.PwdIdentity(methods=["password"], password=iam.PwdPassword(user=user)),
        scope=iam.AuthScope(project=iam.AuthScopeProject(id=huawei["projectId"])),
    )
    body = iam.KeystoneCreateUserTokenByPasswordRequestBody(auth=auth)
    answer = client.keystone_create_user_token_by_password(
        iam.KeystoneCreateUserTokenByPasswordRequest(body=body)
    )
    seen["iam"] = {"token": bool(answer.x_subject_token), "project": answer.token.project.id == huawei["projectId"]}


def wrong_key():
    client = client_of(DataArtsStudioClient, "not the secret key")
    try:
        client.list_manager_work_spaces(studio.ListManagerWorkSpacesRequest(instance_id=huawei["instanceId"]))
    except ClientRequestException as refused:
        seen["wrongKey"] = {"status": refused.status_code, "code": refused.error_code}


def data_works():
    config = open_api.Config(
        access_key_id=alibaba["accessKeyId"],
        access_key_secret=alibaba["accessKeySecret"],
        endpoint=endpoint.replace("http://", ""),
        protocol="http",
    )
    client = DataWorksClient(config)
    project = int(alibaba["projectId"])
    name = "from_python"
    workflow = {"name": name, "script": {"path": f"a b/{name}", "runtime": {"command": "WORKFLOW"}}, "description": "*+ ~'größe"}
    spec = json.dumps({"version": "1.1.0", "kind": "CycleWorkflow", "spec": {"workflows": [workflow]}}, ensure_ascii=False)
    created = client.create_workflow_definition(dw.CreateWorkflowDefinitionRequest(project_id=project, spec=spec)).body
    listed = client.list_workflow_definitions(dw.ListWorkflowDefinitionsRequest(project_id=project, name="python")).body
    got = client.get_workflow_definition(dw.GetWorkflowDefinitionRequest(project_id=project, id=created.id)).body
    seen["workflow"] = {
        "listed": [item.id == created.id for item in listed.paging_info.workflow_definitions],
        "description": json.loads(got.workflow_definition.spec)["spec"]["workflows"][0]["description"],
    }
    run = client.create_pipeline_run(
        dw.CreatePipelineRunRequest(project_id=project, type="Online", object_ids=[created.id])
    ).body
    for _ in range(5):
        pipeline = client.get_pipeline_run(dw.GetPipelineRunRequest(project_id=project, id=run.id)).body.pipeline
        waiting = [stage for stage in pipeline.stages if stage.status == "Init"]
        if not waiting:
            break
        client.exec_pipeline_run_stage(
            dw.ExecPipelineRunStageRequest(project_id=project, id=run.id, code=waiting[0].code)
        )
    seen["workflow"]["pipeline"] = pipeline.status
    try:
        client.delete_workflow_definition(dw.DeleteWorkflowDefinitionRequest(project_id=project, id=created.id))
    except Exception as refused:  # The SDK raises its own hierarchy; the message is what matters.
        seen["workflow"]["published"] = "undeploy" in str(refused)
    run = client.create_pipeline_run(
        dw.CreatePipelineRunRequest(project_id=project, type="Offline", object_ids=[created.id])
    ).body
    for code in ("OfflineCheck", "PROD_CHECK", "PROD"):
        client.exec_pipeline_run_stage(dw.ExecPipelineRunStageRequest(project_id=project, id=run.id, code=code))
    client.delete_workflow_definition(dw.DeleteWorkflowDefinitionRequest(project_id=project, id=created.id))
    new = client.create_project(
        dw.CreateProjectRequest(name="from_python", display_name="From Python", dev_environment_enabled=False)
    ).body
    projects = client.list_projects(dw.ListProjectsRequest(names=["from_python"])).body.paging_info
    client.delete_project(dw.DeleteProjectRequest(id=new.id))
    seen["project"] = {"listed": [each.id == new.id for each in projects.projects], "total": projects.total_count}


for part in (data_arts_studio, data_arts_fabric, identity, wrong_key, data_works):
    part()
print(json.dumps(seen, ensure_ascii=False))
