package logs

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/partition"
)

// CloudWatch is a fake of Amazon CloudWatch Logs in one region of one account.
// Its methods mirror those of [cloudwatchlogs.Client] and return the SDK's
// typed exceptions. They may be called concurrently, and what they return
// shares nothing with the fake.
//
// [cloudwatchlogs.Client]: https://pkg.go.dev/github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs#Client
type CloudWatch struct {
	account, region string
	regions         *regions

	mu     sync.Mutex // guards groups and all that they hold, and events
	groups map[string]*group
	events uint64 // how many events there ever were
}

// regions are the fakes of an account.
type regions struct {
	mu sync.Mutex // guards of
	of map[string]*CloudWatch
}

// NewCloudWatch returns a fake without log groups.
func NewCloudWatch(account, region string) *CloudWatch {
	r := &regions{of: map[string]*CloudWatch{}}
	return r.in(account, region)
}

// In returns the fake of the same account in another region. It is always the
// same one.
func (c *CloudWatch) In(region string) *CloudWatch {
	return c.regions.in(c.account, region)
}

func (r *regions) in(account, region string) *CloudWatch {
	r.mu.Lock()
	defer r.mu.Unlock()
	c, ok := r.of[region]
	if !ok {
		c = &CloudWatch{account: account, region: region, regions: r, groups: map[string]*group{}}
		r.of[region] = c
	}
	return c
}

func now() int64 { return time.Now().UnixMilli() }

// arn is the ARN of a log group without the :* that some members end with.
func (c *CloudWatch) arn(group string) string {
	return fmt.Sprintf("arn:%s:logs:%s:%s:log-group:%s", partition.Of(c.region), c.region, c.account, group)
}

// nameOf returns the name of the log group that an ARN is for; a name is its
// own.
func (c *CloudWatch) nameOf(identifier string) string {
	if name, ok := strings.CutPrefix(identifier, c.arn("")); ok {
		return strings.TrimSuffix(name, ":*")
	}
	return identifier
}
