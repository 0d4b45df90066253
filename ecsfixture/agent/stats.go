package agent

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"sync"
	"time"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// stats answers with the engine's own figures of the container.
//
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-examples.html
func (a *Agent) stats(w http.ResponseWriter, r *http.Request, q query) {
	out, err := q.stats(r.Context(), q.from)
	if err != nil {
		reply(w, http.StatusInternalServerError, fmt.Sprintf(msgStats, err))
		return
	}
	reply(w, http.StatusOK, out)
}

// taskStats answers with the figures of all containers, by their DockerId;
// null for one that doesn't run.
func (a *Agent) taskStats(w http.ResponseWriter, r *http.Request, q query) {
	all := map[string]json.RawMessage{}
	for _, c := range q.task.containers {
		if run := q.state.Containers[c.name].Container; run != nil {
			all[run.ID()], _ = q.stats(r.Context(), c)
		}
	}
	reply(w, http.StatusOK, all)
}

// stats is nil if the container doesn't run.
func (q query) stats(ctx context.Context, c *container) (json.RawMessage, error) {
	run := q.state.Containers[c.name].Container
	if run == nil || q.member(c.name).knownStatus() == "STOPPED" {
		return nil, nil
	}
	return c.sample.take(ctx, run, q.version)
}

// sample is the last look at a container's figures. The next one tells the
// rates between the two.
type sample struct {
	mu   sync.Mutex // guards last
	last figures
}

// figures is a sample as the Docker API has it, and what is read of it.
type figures struct {
	all      map[string]json.RawMessage
	Read     time.Time
	Networks map[string]struct {
		Received float64 `json:"rx_bytes"`
		Sent     float64 `json:"tx_bytes"`
	}
}

type rates struct {
	Received float64 `json:"rx_bytes_per_sec"`
	Sent     float64 `json:"tx_bytes_per_sec"`
}

func (s *sample) take(ctx context.Context, c runtime.Container, v version) (json.RawMessage, error) {
	raw, err := c.Stats(ctx)
	if err != nil {
		return nil, err
	}
	var now figures
	if err := json.Unmarshal(raw, &now.all); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(raw, &now); err != nil {
		return nil, err
	}
	s.mu.Lock()
	before := s.last
	s.last = now
	s.mu.Unlock()
	return json.Marshal(since(before, now, v))
}

// since adds to a sample what came before it, as the agent does, who samples
// all the time.
func since(before, now figures, v version) map[string]json.RawMessage {
	out := maps.Clone(now.all)
	elapsed := now.Read.Sub(before.Read).Seconds()
	if before.all == nil || elapsed <= 0 {
		return out
	}
	out["preread"], out["precpu_stats"] = before.all["read"], before.all["cpu_stats"]
	if v == v4 && len(now.Networks) > 0 {
		// Numbers can't fail to marshal.
		out["network_rate_stats"], _ = json.Marshal(rates{
			Received: (now.received() - before.received()) / elapsed,
			Sent:     (now.sent() - before.sent()) / elapsed,
		})
	}
	return out
}

func (f figures) received() (sum float64) {
	for _, n := range f.Networks {
		sum += n.Received
	}
	return sum
}

func (f figures) sent() (sum float64) {
	for _, n := range f.Networks {
		sum += n.Sent
	}
	return sum
}
