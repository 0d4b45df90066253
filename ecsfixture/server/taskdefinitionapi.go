package server

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/partition"
)

const maxDefinitionsDeleted = 10 // by a request

// RegisterTaskDefinition mirrors the ECS API.
func (s *Service) RegisterTaskDefinition(ctx context.Context, in *ecs.RegisterTaskDefinitionInput) (*ecs.RegisterTaskDefinitionOutput, error) {
	if err := checkRegistration(in); err != nil {
		return nil, err
	}
	d := &taskDefinition{def: completed(in), tags: clone(in.Tags)}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.familyOf(*in.Family).add(d)
	d.def.TaskDefinitionArn = aws.String(s.definitionARN(*in.Family, d.def.Revision))
	d.def.RegisteredAt = aws.Time(time.Now())
	d.def.RegisteredBy = aws.String(s.callerARN(ctx))
	s.broadcast()
	return &ecs.RegisterTaskDefinitionOutput{TaskDefinition: d.output(), Tags: clone(d.tags)}, nil
}

// callerARN is who makes a call: a role's session, or the account's owner.
func (s *Service) callerARN(ctx context.Context) string {
	if s.cfg.Caller != nil {
		if arn := s.cfg.Caller(ctx); arn != "" {
			return arn
		}
	}
	return s.root()
}

// root is the ARN of the account's owner, who makes all calls that no role's
// session makes.
func (s *Service) root() string {
	return "arn:" + partition.Of(s.cfg.Region) + ":iam::" + s.cfg.Account + ":root"
}

// DescribeTaskDefinition mirrors the ECS API. A family means its newest ACTIVE
// revision; deleted revisions are there as long as a task uses them.
func (s *Service) DescribeTaskDefinition(_ context.Context, in *ecs.DescribeTaskDefinitionInput) (*ecs.DescribeTaskDefinitionOutput, error) {
	if err := checkEnum("include", in.Include...); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	d, ok := s.findTaskDefinition(aws.ToString(in.TaskDefinition))
	if !ok {
		return nil, clientException(msgDefinitionDescribe)
	}
	out := &ecs.DescribeTaskDefinitionOutput{TaskDefinition: d.output()}
	if slices.Contains(in.Include, types.TaskDefinitionFieldTags) {
		out.Tags = append([]types.Tag{}, clone(d.tags)...)
	}
	return out, nil
}

// DeregisterTaskDefinition mirrors the ECS API. To deregister once more
// changes nothing.
func (s *Service) DeregisterTaskDefinition(_ context.Context, in *ecs.DeregisterTaskDefinitionInput) (*ecs.DeregisterTaskDefinitionOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, err := s.exactDefinition(aws.ToString(in.TaskDefinition))
	if err != nil {
		return nil, err
	}
	switch d.def.Status {
	case types.TaskDefinitionStatusDeleteInProgress:
		return nil, clientException(msgDefinitionDeleting)
	case types.TaskDefinitionStatusActive:
		d.def.Status = types.TaskDefinitionStatusInactive
		d.def.DeregisteredAt = aws.Time(time.Now())
		s.broadcast()
	}
	return &ecs.DeregisterTaskDefinitionOutput{TaskDefinition: d.output()}, nil
}

// exactDefinition finds a definition that must be named with its revision.
// The caller holds s.mu.
func (s *Service) exactDefinition(nameOrARN string) (*taskDefinition, error) {
	_, revision, err := s.definitionName(nameOrARN)
	switch {
	case err != nil:
		return nil, err
	case revision == 0:
		return nil, clientException(msgRevisionMissing)
	}
	d, ok := s.findTaskDefinition(nameOrARN)
	if !ok {
		return nil, clientException(msgDefinitionUnknown)
	}
	return d, nil
}

// DeleteTaskDefinitions mirrors the ECS API. What was deregistered before is
// gone as soon as no task uses it; the rest becomes a failure.
func (s *Service) DeleteTaskDefinitions(_ context.Context, in *ecs.DeleteTaskDefinitionsInput) (*ecs.DeleteTaskDefinitionsOutput, error) {
	if err := checkCount(len(in.TaskDefinitions), maxDefinitionsDeleted, "taskDefinitions", msgDefinitionsTooMany); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.broadcast()
	return s.deleteDefinitions(in.TaskDefinitions), nil
}

// deleteDefinitions deletes what can be deleted. The caller holds s.mu.
func (s *Service) deleteDefinitions(names []string) *ecs.DeleteTaskDefinitionsOutput {
	out := &ecs.DeleteTaskDefinitionsOutput{TaskDefinitions: []types.TaskDefinition{}, Failures: []types.Failure{}}
	for _, name := range names {
		d, failure := s.deleteDefinition(name)
		if failure != nil {
			out.Failures = append(out.Failures, *failure)
			continue
		}
		out.TaskDefinitions = append(out.TaskDefinitions, *d.output())
	}
	return out
}

// deleteDefinition marks a definition for deletion. The caller holds s.mu.
func (s *Service) deleteDefinition(nameOrARN string) (*taskDefinition, *types.Failure) {
	d, err := s.exactDefinition(nameOrARN)
	if err != nil {
		return nil, &types.Failure{Arn: aws.String(s.fullDefinitionARN(nameOrARN)), Reason: aws.String(reasonDefinitionUnknown)}
	}
	switch d.def.Status {
	case types.TaskDefinitionStatusActive:
		return nil, &types.Failure{Arn: aws.String(*d.def.TaskDefinitionArn), Reason: aws.String(reasonDefinitionActive)}
	case types.TaskDefinitionStatusInactive:
		d.def.Status = types.TaskDefinitionStatusDeleteInProgress
		d.def.DeleteRequestedAt = aws.Time(time.Now())
	}
	return d, nil
}

// fullDefinitionARN is the ARN of a definition, known or not.
func (s *Service) fullDefinitionARN(nameOrARN string) string {
	if strings.HasPrefix(nameOrARN, "arn:") {
		return nameOrARN
	}
	return s.arn("task-definition", nameOrARN)
}
