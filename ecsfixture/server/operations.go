package server

import (
	"reflect"

	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/awsjson"
)

// operations is what this endpoint carries out, in order of name.
var operations = []awsjson.Operation[*Service]{
	awsjson.Op("ContinueServiceDeployment", (*Service).ContinueServiceDeployment),
	awsjson.Op("CreateCapacityProvider", (*Service).CreateCapacityProvider),
	awsjson.Op("CreateCluster", (*Service).CreateCluster),
	awsjson.Op("CreateService", (*Service).CreateService),
	awsjson.Op("CreateTaskSet", (*Service).CreateTaskSet),
	awsjson.Op("DeleteAccountSetting", (*Service).DeleteAccountSetting),
	awsjson.Op("DeleteAttributes", (*Service).DeleteAttributes),
	awsjson.Op("DeleteCapacityProvider", (*Service).DeleteCapacityProvider),
	awsjson.Op("DeleteCluster", (*Service).DeleteCluster),
	awsjson.Op("DeleteService", (*Service).DeleteService),
	awsjson.Op("DeleteTaskDefinitions", (*Service).DeleteTaskDefinitions),
	awsjson.Op("DeleteTaskSet", (*Service).DeleteTaskSet),
	awsjson.Op("DeregisterContainerInstance", (*Service).DeregisterContainerInstance),
	awsjson.Op("DeregisterTaskDefinition", (*Service).DeregisterTaskDefinition),
	awsjson.Op("DescribeCapacityProviders", (*Service).DescribeCapacityProviders),
	awsjson.Op("DescribeClusters", (*Service).DescribeClusters),
	awsjson.Op("DescribeContainerInstances", (*Service).DescribeContainerInstances),
	awsjson.Op("DescribeServiceDeployments", (*Service).DescribeServiceDeployments),
	awsjson.Op("DescribeServiceRevisions", (*Service).DescribeServiceRevisions),
	awsjson.Op("DescribeServices", (*Service).DescribeServices),
	awsjson.Op("DescribeTaskDefinition", (*Service).DescribeTaskDefinition),
	awsjson.Op("DescribeTaskSets", (*Service).DescribeTaskSets),
	awsjson.Op("DescribeTasks", (*Service).DescribeTasks),
	awsjson.Op("GetTaskProtection", (*Service).GetTaskProtection),
	awsjson.Op("ListAccountSettings", (*Service).ListAccountSettings),
	awsjson.Op("ListAttributes", (*Service).ListAttributes),
	awsjson.Op("ListClusters", (*Service).ListClusters),
	awsjson.Op("ListContainerInstances", (*Service).ListContainerInstances),
	awsjson.Op("ListServiceDeployments", (*Service).ListServiceDeployments),
	awsjson.Op("ListServices", (*Service).ListServices),
	awsjson.Op("ListServicesByNamespace", (*Service).ListServicesByNamespace),
	awsjson.Op("ListTagsForResource", (*Service).ListTagsForResource),
	awsjson.Op("ListTaskDefinitionFamilies", (*Service).ListTaskDefinitionFamilies),
	awsjson.Op("ListTaskDefinitions", (*Service).ListTaskDefinitions),
	awsjson.Op("ListTasks", (*Service).ListTasks),
	awsjson.Op("PutAccountSetting", (*Service).PutAccountSetting),
	awsjson.Op("PutAccountSettingDefault", (*Service).PutAccountSettingDefault),
	awsjson.Op("PutAttributes", (*Service).PutAttributes),
	awsjson.Op("PutClusterCapacityProviders", (*Service).PutClusterCapacityProviders),
	awsjson.Op("RegisterContainerInstance", (*Service).RegisterContainerInstance),
	awsjson.Op("RegisterTaskDefinition", (*Service).RegisterTaskDefinition),
	awsjson.Op("RunTask", (*Service).RunTask),
	awsjson.Op("StartTask", (*Service).StartTask),
	awsjson.Op("StopServiceDeployment", (*Service).StopServiceDeployment),
	awsjson.Op("StopTask", (*Service).StopTask),
	awsjson.Op("TagResource", (*Service).TagResource),
	awsjson.Op("UntagResource", (*Service).UntagResource),
	awsjson.Op("UpdateCapacityProvider", (*Service).UpdateCapacityProvider),
	awsjson.Op("UpdateCluster", (*Service).UpdateCluster),
	awsjson.Op("UpdateClusterSettings", (*Service).UpdateClusterSettings),
	awsjson.Op("UpdateContainerInstancesState", (*Service).UpdateContainerInstancesState),
	awsjson.Op("UpdateService", (*Service).UpdateService),
	awsjson.Op("UpdateServicePrimaryTaskSet", (*Service).UpdateServicePrimaryTaskSet),
	awsjson.Op("UpdateTaskProtection", (*Service).UpdateTaskProtection),
	awsjson.Op("UpdateTaskSet", (*Service).UpdateTaskSet),
}

// API returns the service as awsjson serves it. The operations that ECS has
// and the table hasn't answer that they are not supported.
func (s *Service) API() *awsjson.Service {
	return awsjson.API[*Service]{
		Name:       "ecs",
		Target:     "AmazonEC2ContainerServiceV20141113",
		Operations: operations,
		Unsupported: func(name string) error {
			if _, ok := reflect.TypeFor[*ecs.Client]().MethodByName(name); !ok || name == "Options" {
				return nil
			}
			return unsupportedOperation(name)
		},
	}.Bind(s)
}
