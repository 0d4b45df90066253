package server_test

import (
	"context"
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/smithy-go"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/awsjson"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/simulated"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/server"
)

func newFuzzed(f *testing.F) *server.Service {
	rt := simulated.New(simulated.On(simulated.Any(), simulated.Exit(0)))
	s := server.New(server.Config{Account: "000000000000", Region: "us-east-1", Runtime: rt, Secrets: noSecrets{}, Logs: noLogs{}})
	f.Cleanup(func() { _ = s.Close(context.Background()); _ = rt.Close(context.Background()) })
	if _, err := s.AddInstance(server.InstanceSpec{}); err != nil {
		f.Fatal(err)
	}
	_, err := s.RegisterTaskDefinition(f.Context(), &ecs.RegisterTaskDefinitionInput{
		Family: aws.String("fuzz"), ContainerDefinitions: []types.ContainerDefinition{container("app")},
	})
	if err != nil {
		f.Fatal(err)
	}
	return s
}

// blamesTheClient checks that an error is one of AWS's, and not a server's
// fault.
func blamesTheClient(t *testing.T, err error) {
	t.Helper()
	var api smithy.APIError
	if err != nil && (!errors.As(err, &api) || api.ErrorFault() == smithy.FaultServer) {
		t.Fatalf("%T: %v", err, err)
	}
}

// FuzzNames gives any string where a name or an ARN is wanted.
func FuzzNames(f *testing.F) {
	s := newFuzzed(f)
	for _, seed := range []string{"", "default", "fuzz:1", "fuzz:x", ":", "attribute:a =~ b", "arn:aws:ecs:us-east-1::cluster/default", "arn:aws:ecs:::task/a/b/c", "arn:::::/"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		ctx := t.Context()
		for _, call := range []func() error{
			func() error {
				_, err := s.DescribeClusters(ctx, &ecs.DescribeClustersInput{Clusters: []string{name}})
				return err
			},
			func() error {
				_, err := s.DescribeTasks(ctx, &ecs.DescribeTasksInput{Cluster: &name, Tasks: []string{name}})
				return err
			},
			func() error {
				_, err := s.DescribeTasks(ctx, &ecs.DescribeTasksInput{Tasks: []string{name}})
				return err
			},
			func() error { _, err := s.StopTask(ctx, &ecs.StopTaskInput{Task: &name}); return err },
			func() error {
				_, err := s.DescribeTaskDefinition(ctx, &ecs.DescribeTaskDefinitionInput{TaskDefinition: &name})
				return err
			},
			func() error { _, err := s.ListTasks(ctx, &ecs.ListTasksInput{NextToken: &name}); return err },
			func() error {
				_, err := s.DescribeContainerInstances(ctx, &ecs.DescribeContainerInstancesInput{ContainerInstances: []string{name}})
				return err
			},
			func() error {
				_, err := s.ListContainerInstances(ctx, &ecs.ListContainerInstancesInput{Filter: &name})
				return err
			},
			func() error {
				_, err := s.DescribeCapacityProviders(ctx, &ecs.DescribeCapacityProvidersInput{CapacityProviders: []string{name}})
				return err
			},
			func() error {
				_, err := s.PutAttributes(ctx, &ecs.PutAttributesInput{Attributes: []types.Attribute{{Name: &name, TargetId: &name}}})
				return err
			},
			func() error {
				_, err := s.ListTagsForResource(ctx, &ecs.ListTagsForResourceInput{ResourceArn: &name})
				return err
			},
		} {
			blamesTheClient(t, call())
		}
	})
}

// FuzzRunTask gives RunTask any JSON, overrides above all.
func FuzzRunTask(f *testing.F) {
	s := newFuzzed(f)
	for _, seed := range []string{
		`{"taskDefinition":"fuzz"}`,
		`{"taskDefinition":"fuzz","overrides":{"containerOverrides":[{"name":"app","command":["x"],"environment":[{"name":"A"},{}]}]}}`,
		`{"taskDefinition":"fuzz","overrides":{"cpu":"x","memory":"","containerOverrides":[{}]}}`,
		`{"taskDefinition":"fuzz","networkConfiguration":{},"tags":[{}],"capacityProviderStrategy":[{}]}`,
		`{"taskDefinition":"fuzz","launchType":"FARGATE","count":-1}`,
		`{"taskDefinition":"fuzz","placementConstraints":[{"type":"memberOf","expression":"task:group == a"},{}],"placementStrategy":[{"type":"spread","field":"host"},{}]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var in ecs.RunTaskInput
		if awsjson.Unmarshal(body, &in) != nil {
			return
		}
		_, err := s.RunTask(t.Context(), &in)
		blamesTheClient(t, err)
	})
}
