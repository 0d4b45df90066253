package server

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// PutClusterCapacityProviders mirrors the ECS API: both lists are replaced.
func (s *Service) PutClusterCapacityProviders(_ context.Context, in *ecs.PutClusterCapacityProvidersInput) (*ecs.PutClusterCapacityProvidersOutput, error) {
	switch {
	case in.Cluster == nil:
		return nil, invalidParameter(msgEmpty, "cluster")
	case in.CapacityProviders == nil:
		return nil, invalidParameter(msgRequired, "capacityProviders")
	case in.DefaultCapacityProviderStrategy == nil:
		return nil, invalidParameter(msgRequired, "defaultCapacityProviderStrategy")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.activeCluster(in.Cluster)
	if err != nil {
		return nil, err
	}
	if err := s.checkProviders(in.CapacityProviders, in.DefaultCapacityProviderStrategy); err != nil {
		return nil, err
	}
	if err := s.checkRemoved(c, in.CapacityProviders); err != nil {
		return nil, err
	}
	c.setCapacityProviders(in.CapacityProviders, in.DefaultCapacityProviderStrategy)
	s.broadcast()
	return &ecs.PutClusterCapacityProvidersOutput{Cluster: s.describeAll(c)}, nil
}

// checkProviders checks the providers of a cluster and its default strategy.
// The caller holds s.mu.
func (s *Service) checkProviders(names []string, strategy []types.CapacityProviderStrategyItem) error {
	for _, name := range names {
		if p, ok := s.providers[name]; !ok || !p.active() {
			return invalidParameter(msgProviderUnknown, name)
		}
	}
	if err := checkStrategy(strategy); err != nil {
		return err
	}
	return s.checkAssociated(strategy, names)
}

// checkRemoved refuses to take a provider from a cluster that has tasks or
// services of it.
func (s *Service) checkRemoved(c *cluster, keep []string) error {
	for _, name := range c.api.CapacityProviders {
		if !slices.Contains(keep, name) && s.needsProvider(c, name) {
			return &types.ResourceInUseException{Message: aws.String(msgProviderInUse)}
		}
	}
	return nil
}

// needsProvider reports whether something in a cluster needs a provider.
func (s *Service) needsProvider(c *cluster, name string) bool {
	for _, t := range s.tasks {
		if t.cluster == c && t.active() && deref(t.api.CapacityProviderName) == name {
			return true
		}
	}
	for _, sv := range s.servicesOf(c) {
		if sv.status() != serviceInactive && sv.usesProvider(name) {
			return true
		}
	}
	return false
}

// usesProvider reports whether a deployment or a task set launches tasks by a
// provider.
func (sv *service) usesProvider(name string) bool {
	return slices.ContainsFunc(sv.fleets(), func(d *deployment) bool {
		return slices.ContainsFunc(d.revision.strategy, func(item types.CapacityProviderStrategyItem) bool {
			return deref(item.CapacityProvider) == name
		})
	})
}

// setCapacityProviders gives c copies of both lists. The attachment of the
// providers is complete at once.
func (c *cluster) setCapacityProviders(names []string, strategy []types.CapacityProviderStrategyItem) {
	c.api.CapacityProviders = append([]string{}, names...)
	c.api.DefaultCapacityProviderStrategy = append([]types.CapacityProviderStrategyItem{}, clone(strategy)...)
	c.api.Attachments, c.api.AttachmentsStatus = []types.Attachment{}, aws.String("UPDATE_COMPLETE")
}

// defaultStrategy is what tasks run by that don't say. The caller holds s.mu.
func (c *cluster) defaultStrategy() []types.CapacityProviderStrategyItem {
	return c.api.DefaultCapacityProviderStrategy
}
