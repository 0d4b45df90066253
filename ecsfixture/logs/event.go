package logs

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
)

// overhead is what CloudWatch Logs adds to the size of each event.
const overhead = 26

// event is a log event. Its times are milliseconds since 1970.
type event struct {
	key
	received int64
	message  string
}

// key puts events in order: by time, and by their coming where the times are
// the same.
type key struct {
	at int64
	id uint64
}

func (k key) compare(l key) int {
	return cmp.Or(cmp.Compare(k.at, l.at), cmp.Compare(k.id, l.id))
}

// String writes the key as the 56 digits of event IDs and tokens.
func (k key) String() string { return fmt.Sprintf("%020d%036d", k.at, k.id) }

// parseKey reads the 56 digits of a key.
func parseKey(digits string) (key, bool) {
	if len(digits) != 56 {
		return key{}, false
	}
	at, err1 := strconv.ParseInt(digits[:20], 10, 64)
	id, err2 := strconv.ParseUint(digits[20:], 10, 64)
	return key{at, id}, err1 == nil && err2 == nil
}

func (e event) size() int { return len(e.message) + overhead }

func (e event) output() types.OutputLogEvent {
	return types.OutputLogEvent{
		Timestamp:     aws.Int64(e.at),
		IngestionTime: aws.Int64(e.received),
		Message:       aws.String(e.message),
	}
}

// add puts an event where it belongs; mu is held.
func (c *CloudWatch) add(s *stream, at int64, message string) {
	c.events++
	e := event{key{at, c.events}, now(), message}
	i := s.search(e.key)
	s.events = slices.Insert(s.events, i, e)
	s.size += int64(e.size())
	s.ingested = e.received
}

// search returns the index of the first event that is at k or after it.
func (s *stream) search(k key) int {
	return sort.Search(len(s.events), func(i int) bool { return s.events[i].compare(k) >= 0 })
}

// between returns the events from start on and before end, both times in
// milliseconds and nil where there is no bound.
func (s *stream) between(start, end *int64) []event {
	from, to := 0, len(s.events)
	if start != nil {
		from = s.search(key{at: *start})
	}
	if end != nil {
		to = s.search(key{at: *end})
	}
	return s.events[from:max(from, to)]
}
