package server

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

const maxDefinitionsPage = 100

// ListTaskDefinitions mirrors the ECS API: the ACTIVE definitions, unless
// another status is asked for, by family and number. What it calls
// familyPrefix is a whole name.
func (s *Service) ListTaskDefinitions(_ context.Context, in *ecs.ListTaskDefinitionsInput) (*ecs.ListTaskDefinitionsOutput, error) {
	size, err := pageSize(in.MaxResults, maxDefinitionsPage, maxDefinitionsPage)
	if err := cmp.Or(err, checkEnum("status", in.Status), checkEnum("sort", in.Sort)); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	rows, order := s.definitionARNs(aws.ToString(in.FamilyPrefix), cmp.Or(in.Status, types.TaskDefinitionStatusActive)), s.byRevision
	if in.Sort == types.SortOrderDesc {
		slices.Reverse(rows)
		order = func(a, b string) int { return s.byRevision(b, a) }
	}
	rows, next, err := page(rows, order, in.NextToken, size)
	if err != nil {
		return nil, err
	}
	return &ecs.ListTaskDefinitionsOutput{TaskDefinitionArns: rows, NextToken: next}, nil
}

// byRevision is the order of the ARNs of definitions: by family, and then by
// number.
func (s *Service) byRevision(a, b string) int {
	familyA, numberA, _ := s.definitionName(a)
	familyB, numberB, _ := s.definitionName(b)
	return cmp.Or(strings.Compare(familyA, familyB), cmp.Compare(numberA, numberB))
}

// definitionARNs lists the definitions of a status and of a family, or of all
// families. The caller holds s.mu.
func (s *Service) definitionARNs(family string, status types.TaskDefinitionStatus) (rows []string) {
	s.dropDeleted()
	for _, name := range slices.Sorted(maps.Keys(s.families)) {
		if family != "" && family != name {
			continue
		}
		for _, d := range s.families[name].revisions {
			if d.def.Status == status {
				rows = append(rows, *d.def.TaskDefinitionArn)
			}
		}
	}
	return rows
}

// ListTaskDefinitionFamilies mirrors the ECS API: the families whose names
// have the prefix, with and without ACTIVE revisions unless told otherwise.
func (s *Service) ListTaskDefinitionFamilies(_ context.Context, in *ecs.ListTaskDefinitionFamiliesInput) (*ecs.ListTaskDefinitionFamiliesOutput, error) {
	size, err := pageSize(in.MaxResults, maxDefinitionsPage, maxDefinitionsPage)
	if err := cmp.Or(err, checkEnum("status", in.Status)); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	rows, next, err := page(s.familyNames(aws.ToString(in.FamilyPrefix), in.Status), byText, in.NextToken, size)
	if err != nil {
		return nil, err
	}
	return &ecs.ListTaskDefinitionFamiliesOutput{Families: rows, NextToken: next}, nil
}

// familyNames are the families of a prefix and a status. The caller holds
// s.mu.
func (s *Service) familyNames(prefix string, status types.TaskDefinitionFamilyStatus) (names []string) {
	s.dropDeleted()
	for _, name := range slices.Sorted(maps.Keys(s.families)) {
		if strings.HasPrefix(name, prefix) && s.families[name].is(status) {
			names = append(names, name)
		}
	}
	return names
}

// is reports whether f has the status; a family with no revision left has
// none.
func (f *family) is(status types.TaskDefinitionFamilyStatus) bool {
	_, active := f.newest()
	switch status {
	case types.TaskDefinitionFamilyStatusActive:
		return active
	case types.TaskDefinitionFamilyStatusInactive:
		return !active && len(f.revisions) > 0
	}
	return len(f.revisions) > 0
}
