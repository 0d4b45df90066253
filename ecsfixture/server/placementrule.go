package server

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/placement"
)

// placementRules checks the placement constraints and strategies of a task or
// service, and adds the constraints of its task definition.
func placementRules(launch types.LaunchType, td *taskDefinition, constraints []types.PlacementConstraint, strategies []types.PlacementStrategy) (r placement.Rules, err error) {
	if err := checkPlacementCount(launch, len(constraints), len(strategies)); err != nil {
		return r, err
	}
	for _, c := range constraints {
		if err := addConstraint(&r, c); err != nil {
			return r, err
		}
	}
	if td != nil {
		addDefined(&r, td)
	}
	for _, p := range placementStrategies(strategies) {
		s := placement.Strategy{Kind: string(p.Type), Field: deref(p.Field)}
		if err := checkEnum("placementStrategy.type", p.Type); err != nil {
			return r, err
		}
		if p.Type == "" || !s.Valid() {
			return r, invalidParameter(msgPlacementField, s.Field, p.Type)
		}
		r.Strategies = append(r.Strategies, s)
	}
	return r, nil
}

// checkRules is placementRules where the launch type is not known yet.
func checkRules(constraints []types.PlacementConstraint, strategies []types.PlacementStrategy) error {
	_, err := placementRules("", nil, constraints, strategies)
	return err
}

func checkPlacementCount(launch types.LaunchType, constraints, strategies int) error {
	fargate := launch == types.LaunchTypeFargate
	switch {
	case fargate && constraints > 0:
		return invalidParameter(msgPlacementFargate, "constraints")
	case fargate && strategies > 0:
		return invalidParameter(msgPlacementFargate, "strategies")
	case constraints > maxPlacementConstraints:
		return invalidParameter(msgConstraintCount, maxPlacementConstraints)
	case strategies > maxPlacementStrategies:
		return invalidParameter(msgStrategyCount, maxPlacementStrategies)
	}
	return nil
}

func addConstraint(r *placement.Rules, c types.PlacementConstraint) error {
	switch c.Type {
	case types.PlacementConstraintTypeDistinctInstance:
		if c.Expression != nil {
			return invalidParameter(msgDistinctExpression)
		}
		r.Distinct = true
		return nil
	case types.PlacementConstraintTypeMemberOf:
		return addMember(r, c.Expression)
	}
	return invalidParameter(msgEnum, c.Type, "placementConstraints.type", enumList(c.Type.Values()))
}

func addMember(r *placement.Rules, expression *string) error {
	if deref(expression) == "" {
		return invalidParameter(msgPlacementExpression)
	}
	q, err := placement.Parse(*expression)
	if err != nil {
		return invalidParameter(msgExpression, err)
	}
	r.Members = append(r.Members, q)
	return nil
}

// addDefined adds the constraints of a task definition, which were checked
// when it was registered.
func addDefined(r *placement.Rules, td *taskDefinition) {
	for _, c := range td.def.PlacementConstraints {
		_ = addMember(r, c.Expression)
	}
}

// zoneSpread is how services spread their tasks that don't say.
var zoneSpread = types.PlacementStrategy{
	Type: types.PlacementStrategyTypeSpread, Field: aws.String("attribute:ecs.availability-zone"),
}

// rules are the service's rules for the tasks of a deployment. They were
// checked.
func (sv *service) rules(d *deployment) placement.Rules {
	strategies := sv.api.PlacementStrategy
	if len(strategies) == 0 && !sv.daemon() {
		strategies = []types.PlacementStrategy{zoneSpread}
	}
	if d.revision.launch == types.LaunchTypeFargate {
		return placement.Rules{}
	}
	r, _ := placementRules(d.revision.launch, d.revision.definition, sv.api.PlacementConstraints, strategies)
	return r
}

// places are the values that a task's instance has for the spread strategies
// of its service: scale-in takes from where there are most.
func (t *task) places(sv *service) (list []string) {
	if t.instance == nil {
		return nil
	}
	for _, s := range sv.rules(t.deployment).Strategies {
		if s.Kind == placement.SpreadBy {
			list = append(list, s.Value(t.instance.view()))
		}
	}
	return list
}
