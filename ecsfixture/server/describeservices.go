package server

import (
	"context"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/awsjson"
)

// maxDescribeServices is how many services one DescribeServices takes.
const maxDescribeServices = 10

// serviceHold is how long the request of a waiter for services is held.
const serviceHold = 25 * time.Second

// DescribeServices describes services in the order that they are asked for. A
// waiter's request is held until it has something to see; see hold.
//
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html
func (s *Service) DescribeServices(ctx context.Context, in *ecs.DescribeServicesInput) (*ecs.DescribeServicesOutput, error) {
	if err := checkCount(len(in.Services), maxDescribeServices, "Services", msgServicesTooMany); err != nil {
		return nil, err
	}
	if err := checkEnum("include", in.Include...); err != nil {
		return nil, err
	}
	var out *ecs.DescribeServicesOutput
	err := s.hold(ctx, serviceHold, func() (glance, error) {
		var err error
		if out, err = s.describeServices(in); err != nil {
			return glance{}, err
		}
		return glance{seen: serviceSight(out, awsjson.CallerFrom(ctx).WaitsFor), changed: &s.changed}, nil
	})
	return out, err
}

// describeServices is DescribeServices as things stand. The caller holds
// s.mu.
func (s *Service) describeServices(in *ecs.DescribeServicesInput) (*ecs.DescribeServicesOutput, error) {
	c, err := s.activeCluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	out := &ecs.DescribeServicesOutput{Failures: []types.Failure{}, Services: []types.Service{}}
	withTags := slices.Contains(in.Include, types.ServiceFieldTags)
	for _, name := range in.Services {
		if sv, ok := s.findService(c, &name); ok {
			out.Services = append(out.Services, sv.output(withTags))
			continue
		}
		out.Failures = append(out.Failures, missing(s.serviceARN(c, name)))
	}
	return out, nil
}

// serviceARN returns the full ARN of a service of c, known or not.
func (s *Service) serviceARN(c *cluster, nameOrARN string) string {
	if name, ok := s.resourceName("service", nameOrARN); ok {
		return s.arn("service", c.name, lastPart(name))
	}
	return nameOrARN
}
