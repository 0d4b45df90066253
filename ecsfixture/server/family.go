package server

import (
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// family is the task definitions of one name. It stays when its revisions are
// gone, for the numbers are never used again.
type family struct {
	name      string
	last      int32             // the newest revision ever given
	revisions []*taskDefinition // those that are left, oldest first
}

// newest returns the highest ACTIVE revision.
func (f *family) newest() (*taskDefinition, bool) {
	for _, d := range slices.Backward(f.revisions) {
		if d.def.Status == types.TaskDefinitionStatusActive {
			return d, true
		}
	}
	return nil, false
}

func (f *family) revision(number int32) (*taskDefinition, bool) {
	for _, d := range f.revisions {
		if d.def.Revision == number {
			return d, true
		}
	}
	return nil, false
}

// add makes d the family's next revision.
func (f *family) add(d *taskDefinition) {
	f.last++
	d.def.Revision = f.last
	f.revisions = append(f.revisions, d)
}

// familyOf returns the family of a name, a new one at need. The caller holds
// s.mu.
func (s *Service) familyOf(name string) *family {
	f, ok := s.families[name]
	if !ok {
		f = &family{name: name}
		s.families[name] = f
	}
	return f
}

// findTaskDefinition returns what a request means by family (the newest
// ACTIVE revision), family:revision or ARN (that one, whatever its status).
// The caller holds s.mu.
func (s *Service) findTaskDefinition(nameOrARN string) (*taskDefinition, bool) {
	s.dropDeleted()
	name, number, err := s.definitionName(nameOrARN)
	f, ok := s.families[name]
	if err != nil || !ok {
		return nil, false
	}
	if number == 0 {
		return f.newest()
	}
	return f.revision(number)
}

// definitionName splits family:revision or its ARN; the revision is 0 where
// there is none.
func (s *Service) definitionName(nameOrARN string) (family string, revision int32, err error) {
	name, _ := s.resourceName("task-definition", nameOrARN)
	family, text, ok := strings.Cut(name, ":")
	if !ok {
		return family, 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n < 1 {
		return "", 0, invalidParameter(msgRevisionNumber, text)
	}
	return family, int32(n), nil
}

// dropDeleted takes away the revisions that DeleteTaskDefinitions was called
// for and that nothing uses any more. The caller holds s.mu.
func (s *Service) dropDeleted() {
	for _, f := range s.families {
		f.revisions = slices.DeleteFunc(f.revisions, func(d *taskDefinition) bool {
			return d.def.Status == types.TaskDefinitionStatusDeleteInProgress && !s.inUse(d)
		})
	}
}

// inUse reports whether a task that has not stopped was made from d, or a
// service makes its tasks from it, if only it had any. The caller holds s.mu.
func (s *Service) inUse(d *taskDefinition) bool {
	for _, t := range s.tasks {
		if t.definition == d && !t.stopped() {
			return true
		}
	}
	for _, sv := range s.services {
		if sv.status() != serviceInactive && sv.uses(d) {
			return true
		}
	}
	return false
}

// uses reports whether a deployment or a task set has the definition.
func (sv *service) uses(d *taskDefinition) bool {
	return slices.ContainsFunc(sv.fleets(), func(f *deployment) bool { return f.revision.definition == d })
}
