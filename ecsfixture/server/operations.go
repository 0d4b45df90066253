package server

import (
	"reflect"

	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/awsjson"
)

// operations is what this endpoint carries out, in order of name.
var operations = []awsjson.Operation[*Service]{
	awsjson.Op("CreateCluster", (*Service).CreateCluster),
	awsjson.Op("DeleteCluster", (*Service).DeleteCluster),
	awsjson.Op("DeleteTaskDefinitions", (*Service).DeleteTaskDefinitions),
	awsjson.Op("DeregisterTaskDefinition", (*Service).DeregisterTaskDefinition),
	awsjson.Op("DescribeClusters", (*Service).DescribeClusters),
	awsjson.Op("DescribeTaskDefinition", (*Service).DescribeTaskDefinition),
	awsjson.Op("DescribeTasks", (*Service).DescribeTasks),
	awsjson.Op("ListClusters", (*Service).ListClusters),
	awsjson.Op("ListTagsForResource", (*Service).ListTagsForResource),
	awsjson.Op("ListTaskDefinitionFamilies", (*Service).ListTaskDefinitionFamilies),
	awsjson.Op("ListTaskDefinitions", (*Service).ListTaskDefinitions),
	awsjson.Op("ListTasks", (*Service).ListTasks),
	awsjson.Op("PutClusterCapacityProviders", (*Service).PutClusterCapacityProviders),
	awsjson.Op("RegisterTaskDefinition", (*Service).RegisterTaskDefinition),
	awsjson.Op("RunTask", (*Service).RunTask),
	awsjson.Op("StopTask", (*Service).StopTask),
	awsjson.Op("TagResource", (*Service).TagResource),
	awsjson.Op("UntagResource", (*Service).UntagResource),
	awsjson.Op("UpdateCluster", (*Service).UpdateCluster),
	awsjson.Op("UpdateClusterSettings", (*Service).UpdateClusterSettings),
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
