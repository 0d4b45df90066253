package server

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// taskDefinition is a revision of a family. What was registered never
// changes; its status and tags do, guarded by Service.mu.
type taskDefinition struct {
	def  types.TaskDefinition
	tags []types.Tag
}

// output returns a copy of d for a reply.
func (d *taskDefinition) output() *types.TaskDefinition {
	def := clone(d.def)
	return &def
}

// definitionARN is the ARN of a revision.
func (s *Service) definitionARN(family string, revision int32) string {
	return s.arn("task-definition", fmt.Sprintf("%s:%d", family, revision))
}
