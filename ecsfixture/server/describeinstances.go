package server

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/placement"
)

const (
	maxDescribeInstances = 100
	maxInstancesPage     = 100
)

// DescribeContainerInstances describes container instances in the order that
// they are asked for.
//
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeContainerInstances.html
func (s *Service) DescribeContainerInstances(_ context.Context, in *ecs.DescribeContainerInstancesInput) (*ecs.DescribeContainerInstancesOutput, error) {
	if err := checkCount(len(in.ContainerInstances), maxDescribeInstances, "Container Instances", msgInstancesTooMany); err != nil {
		return nil, err
	}
	if err := checkEnum("include", in.Include...); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := &ecs.DescribeContainerInstancesOutput{ContainerInstances: []types.ContainerInstance{}, Failures: []types.Failure{}}
	var err error
	out.Failures, err = s.eachInstance(in.Cluster, in.ContainerInstances, func(i *instance) string {
		out.ContainerInstances = append(out.ContainerInstances, i.output(in.Include...))
		return ""
	})
	return out, err
}

// eachInstance calls f for each instance that a request names. The unknown
// ones are failures, and those that f has a reason against.
func (s *Service) eachInstance(clusterName *string, names []string, f func(*instance) string) ([]types.Failure, error) {
	c, err := s.activeCluster(clusterName)
	if err != nil {
		return nil, err
	}
	failures := []types.Failure{}
	for _, name := range names {
		i, ok := s.findInstance(c, name)
		if !ok {
			failures = append(failures, missing(s.instanceARN(c, name)))
			continue
		}
		if reason := f(i); reason != "" {
			failures = append(failures, types.Failure{Arn: aws.String(i.arn), Reason: aws.String(reason)})
		}
	}
	return failures, nil
}

// ListContainerInstances lists the container instances of a cluster, in order
// of registration: those that are not INACTIVE, unless a status or an
// expression of the cluster query language chooses.
//
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListContainerInstances.html
func (s *Service) ListContainerInstances(_ context.Context, in *ecs.ListContainerInstancesInput) (*ecs.ListContainerInstancesOutput, error) {
	size, err := pageSize(in.MaxResults, maxInstancesPage, maxInstancesPage)
	if err != nil {
		return nil, err
	}
	if err := checkEnum("status", in.Status); err != nil {
		return nil, err
	}
	filter, err := parseFilter(in.Filter)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.activeCluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	arns, next, err := page(c.listInstances(in.Status, filter), c.instanceOrder(), in.NextToken, size)
	if err != nil {
		return nil, err
	}
	return &ecs.ListContainerInstancesOutput{ContainerInstanceArns: arns, NextToken: next}, nil
}

// parseFilter reads a filter; none lets every instance pass.
func parseFilter(expression *string) (placement.Query, error) {
	if deref(expression) == "" {
		return func(placement.Instance) bool { return true }, nil
	}
	q, err := placement.Parse(*expression)
	if err != nil {
		return nil, invalidParameter(msgFilter, err)
	}
	return q, nil
}

// instanceOrder is that of their registration.
func (c *cluster) instanceOrder() ordering {
	arns := []string{}
	for _, i := range c.instances {
		arns = append(arns, i.arn)
	}
	return byPlace(arns)
}

func (c *cluster) listInstances(status types.ContainerInstanceStatus, filter placement.Query) (arns []string) {
	for _, i := range c.instances {
		listed := i.registered()
		if status != "" {
			listed = i.status() == string(status)
		}
		if listed && filter(i.view()) {
			arns = append(arns, i.arn)
		}
	}
	return arns
}
