package server

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

const (
	maxStrategyItems  = 20
	maxStrategyBase   = 100_000
	maxStrategyWeight = 1000
)

// builtInProviders are the capacity providers that every account has.
var builtInProviders = []string{"FARGATE", "FARGATE_SPOT"}

// PutClusterCapacityProviders mirrors the ECS API: both lists are replaced.
func (s *Service) PutClusterCapacityProviders(_ context.Context, in *ecs.PutClusterCapacityProvidersInput) (*ecs.PutClusterCapacityProvidersOutput, error) {
	if err := checkProvidersInput(in); err != nil {
		return nil, err
	}
	c, err := s.updateCluster(in.Cluster, func(c *cluster) {
		c.setCapacityProviders(in.CapacityProviders, in.DefaultCapacityProviderStrategy)
	})
	return &ecs.PutClusterCapacityProvidersOutput{Cluster: c}, err
}

func checkProvidersInput(in *ecs.PutClusterCapacityProvidersInput) error {
	switch {
	case in.CapacityProviders == nil:
		return invalidParameter(msgRequired, "capacityProviders")
	case in.DefaultCapacityProviderStrategy == nil:
		return invalidParameter(msgRequired, "defaultCapacityProviderStrategy")
	}
	if err := checkCapacityProviders(in.CapacityProviders); err != nil {
		return err
	}
	return checkDefaultStrategy(in.DefaultCapacityProviderStrategy, in.CapacityProviders)
}

// setCapacityProviders gives c copies of both lists. The attachment of the
// built-in providers is complete at once.
func (c *cluster) setCapacityProviders(names []string, strategy []types.CapacityProviderStrategyItem) {
	c.api.CapacityProviders = append([]string{}, names...)
	c.api.DefaultCapacityProviderStrategy = append([]types.CapacityProviderStrategyItem{}, clone(strategy)...)
	c.api.Attachments, c.api.AttachmentsStatus = []types.Attachment{}, aws.String("UPDATE_COMPLETE")
}

// defaultStrategy is what tasks run by that don't say. The caller holds s.mu.
func (c *cluster) defaultStrategy() []types.CapacityProviderStrategyItem {
	return c.api.DefaultCapacityProviderStrategy
}

func checkCapacityProviders(names []string) error {
	for _, name := range names {
		if !slices.Contains(builtInProviders, name) {
			return invalidParameter(msgProviderUnknown, name)
		}
	}
	return nil
}

// checkDefaultStrategy checks the default strategy of a cluster that has the
// providers named.
func checkDefaultStrategy(strategy []types.CapacityProviderStrategyItem, providers []string) error {
	for _, item := range strategy {
		if !slices.Contains(providers, aws.ToString(item.CapacityProvider)) {
			return invalidParameter(msgProviderNotAssociated)
		}
	}
	return checkStrategy(strategy)
}

// checkStrategy checks the numbers of a strategy.
func checkStrategy(strategy []types.CapacityProviderStrategyItem) error {
	if len(strategy) > maxStrategyItems {
		return invalidParameter(msgStrategyTooLong, maxStrategyItems)
	}
	bases := 0
	for _, item := range strategy {
		if item.Base < 0 || item.Base > maxStrategyBase || item.Weight < 0 || item.Weight > maxStrategyWeight {
			return invalidParameter(msgStrategyRange, maxStrategyBase, maxStrategyWeight)
		}
		if item.Base > 0 {
			bases++
		}
	}
	if bases > 1 {
		return invalidParameter(msgStrategyBases)
	}
	return nil
}
