package server

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/partition"
)

// arn names a resource of the service's account and region, for instance
// arn:aws:ecs:us-east-1:000000000000:task/default/0123….
func (s *Service) arn(kind string, path ...string) string {
	return fmt.Sprintf("arn:%s:ecs:%s:%s:%s/%s", partition.Of(s.cfg.Region), s.cfg.Region, s.cfg.Account, kind, strings.Join(path, "/"))
}

// resourceName is what is left of an ARN or a bare name when the account, the
// region and the kind are taken off: cluster/x and x are both x, and
// task/cluster/id is cluster/id. An ARN of another place or service has none.
func (s *Service) resourceName(kind, nameOrARN string) (name string, ok bool) {
	if !strings.HasPrefix(nameOrARN, "arn:") {
		return nameOrARN, nameOrARN != ""
	}
	resource, ok := s.ownARN(nameOrARN)
	if !ok {
		return "", false
	}
	return strings.CutPrefix(resource, kind+"/")
}

// ownARN returns what an ARN of ECS has after the account, if it is of this
// account and region. Clients that build ARNs may leave the account out.
func (s *Service) ownARN(arn string) (resource string, ok bool) {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" || parts[2] != "ecs" {
		return "", false
	}
	region, account := parts[3], parts[4]
	return parts[5], region == s.cfg.Region && (account == "" || account == s.cfg.Account)
}

// lastPart is what follows the last slash.
func lastPart(s string) string { return s[strings.LastIndexByte(s, '/')+1:] }

// newID returns 32 hexadecimal digits, the form of a task's id.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// newUUID returns an id in the form of containers and attachments.
func newUUID() string { return uuid.NewString() }
