package server

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

const maxProvidersPage = 10

// CreateCapacityProvider makes a capacity provider of an Auto Scaling group.
// The group need not exist: instances are added by hand.
//
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCapacityProvider.html
func (s *Service) CreateCapacityProvider(_ context.Context, in *ecs.CreateCapacityProviderInput) (*ecs.CreateCapacityProviderOutput, error) {
	if err := checkCreateProvider(in); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.checkNewProvider(in); err != nil {
		return nil, err
	}
	p := &provider{tags: clone(in.Tags), api: types.CapacityProvider{
		CapacityProviderArn:      aws.String(s.arn("capacity-provider", *in.Name)),
		Name:                     aws.String(*in.Name),
		Status:                   types.CapacityProviderStatusActive,
		Type:                     types.CapacityProviderTypeEc2Autoscaling,
		UpdateStatus:             types.CapacityProviderUpdateStatusCreateComplete,
		AutoScalingGroupProvider: fullGroupProvider(in.AutoScalingGroupProvider),
	}}
	s.providers[*in.Name] = p
	s.broadcast()
	out := p.output(true)
	return &ecs.CreateCapacityProviderOutput{CapacityProvider: &out}, nil
}

func checkCreateProvider(in *ecs.CreateCapacityProviderInput) error {
	switch {
	case in.ManagedInstancesProvider != nil:
		return unsupportedMember("managedInstancesProvider")
	case in.Cluster != nil:
		return unsupportedMember("cluster")
	case in.AutoScalingGroupProvider == nil:
		return invalidParameter(msgRequired, "autoScalingGroupProvider")
	}
	if err := checkProviderName(deref(in.Name)); err != nil {
		return err
	}
	if err := checkTags(in.Tags); err != nil {
		return err
	}
	return checkGroupProvider(in.AutoScalingGroupProvider)
}

// checkNewProvider refuses a name or a group that is taken.
func (s *Service) checkNewProvider(in *ecs.CreateCapacityProviderInput) error {
	if p, ok := s.providers[*in.Name]; ok && p.active() {
		return clientException(msgProviderExists)
	}
	for _, p := range s.providers {
		g := p.api.AutoScalingGroupProvider
		if g != nil && p.active() && *g.AutoScalingGroupArn == *in.AutoScalingGroupProvider.AutoScalingGroupArn {
			return clientException(msgProviderGroupTaken)
		}
	}
	return nil
}

// DescribeCapacityProviders describes the capacity providers that are named,
// or all, FARGATE and FARGATE_SPOT first.
//
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeCapacityProviders.html
func (s *Service) DescribeCapacityProviders(_ context.Context, in *ecs.DescribeCapacityProvidersInput) (*ecs.DescribeCapacityProvidersOutput, error) {
	size, err := pageSize(in.MaxResults, maxProvidersPage, maxProvidersPage)
	if err != nil {
		return nil, err
	}
	if err := checkEnum("include", in.Include...); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	names, order, err := s.askedProviders(in)
	if err != nil {
		return nil, err
	}
	names, next, err := page(names, order, in.NextToken, size)
	if err != nil {
		return nil, err
	}
	out := s.describeProviders(names, slices.Contains(in.Include, types.CapacityProviderFieldTags))
	out.NextToken = next
	return out, nil
}

// askedProviders are the providers that a request is about, and their order.
func (s *Service) askedProviders(in *ecs.DescribeCapacityProvidersInput) ([]string, ordering, error) {
	names := in.CapacityProviders
	if in.Cluster != nil {
		c, err := s.activeCluster(in.Cluster)
		if err != nil {
			return nil, nil, err
		}
		names = within(names, c.api.CapacityProviders)
		return names, byPlace(names), nil
	}
	if len(names) > 0 {
		return names, byPlace(names), nil
	}
	all := s.providerNames()
	active := slices.DeleteFunc(slices.Clone(all), func(name string) bool { return !s.providers[name].active() })
	return active, byPlace(all), nil
}

// within are those of names that a cluster has; none asks for all.
func within(names, has []string) []string {
	if len(names) == 0 {
		return has
	}
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !slices.Contains(has, lastPart(name)) })
}

func (s *Service) describeProviders(names []string, withTags bool) *ecs.DescribeCapacityProvidersOutput {
	out := &ecs.DescribeCapacityProvidersOutput{CapacityProviders: []types.CapacityProvider{}, Failures: []types.Failure{}}
	for _, name := range names {
		if p, ok := s.findProvider(name); ok {
			out.CapacityProviders = append(out.CapacityProviders, p.output(withTags))
			continue
		}
		out.Failures = append(out.Failures, missing(s.providerARN(name)))
	}
	return out
}

// providerARN returns the full ARN of a capacity provider, known or not.
func (s *Service) providerARN(nameOrARN string) string {
	if name, ok := s.resourceName("capacity-provider", nameOrARN); ok {
		return s.arn("capacity-provider", name)
	}
	return nameOrARN
}

// UpdateCapacityProvider changes the settings of a capacity provider. What
// the request leaves out stays.
//
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateCapacityProvider.html
func (s *Service) UpdateCapacityProvider(_ context.Context, in *ecs.UpdateCapacityProviderInput) (*ecs.UpdateCapacityProviderOutput, error) {
	switch {
	case in.ManagedInstancesProvider != nil:
		return nil, unsupportedMember("managedInstancesProvider")
	case in.Cluster != nil:
		return nil, unsupportedMember("cluster")
	case in.AutoScalingGroupProvider == nil:
		return nil, invalidParameter(msgRequired, "autoScalingGroupProvider")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.ownProvider(in.Name)
	if err != nil {
		return nil, err
	}
	next := mergeGroupProvider(p.api.AutoScalingGroupProvider, in.AutoScalingGroupProvider)
	if err := checkGroupSettings(next); err != nil {
		return nil, err
	}
	p.api.AutoScalingGroupProvider, p.api.UpdateStatus = next, types.CapacityProviderUpdateStatusUpdateComplete
	s.broadcast()
	out := p.output(true)
	return &ecs.UpdateCapacityProviderOutput{CapacityProvider: &out}, nil
}

// ownProvider is activeProvider for calls that change it: the built-in ones
// can't be changed.
func (s *Service) ownProvider(nameOrARN *string) (*provider, error) {
	if deref(nameOrARN) == "" {
		return nil, invalidParameter(msgEmpty, "capacityProvider")
	}
	p, err := s.activeProvider(*nameOrARN)
	if err == nil && p.fargate() {
		return nil, clientException(msgProviderReserved)
	}
	return p, err
}

// DeleteCapacityProvider deletes a capacity provider that no cluster has. It
// stays describable, as INACTIVE.
//
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteCapacityProvider.html
func (s *Service) DeleteCapacityProvider(_ context.Context, in *ecs.DeleteCapacityProviderInput) (*ecs.DeleteCapacityProviderOutput, error) {
	if in.Cluster != nil {
		return nil, unsupportedMember("cluster")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.ownProvider(in.CapacityProvider)
	if err != nil {
		return nil, err
	}
	for _, c := range s.clusters {
		if c.active() && slices.Contains(c.api.CapacityProviders, *p.api.Name) {
			return nil, clientException(msgProviderInUse)
		}
	}
	p.api.Status, p.api.UpdateStatus = types.CapacityProviderStatusInactive, types.CapacityProviderUpdateStatusDeleteComplete
	s.broadcast()
	out := p.output(true)
	return &ecs.DeleteCapacityProviderOutput{CapacityProvider: &out}, nil
}
