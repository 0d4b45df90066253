package main

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"
)

// sortWindow is how long an entry is held back, so that what comes by another
// way and happened before it is printed before it.
const sortWindow = 100 * time.Millisecond

// printer prints entries live, in the order of their times.
type printer struct {
	began time.Time

	mu   sync.Mutex // guards held
	held []entry

	stop chan struct{}
	done sync.WaitGroup
}

type entry struct {
	at   time.Time
	text string
}

func newPrinter(began time.Time) *printer {
	p := &printer{began: began, stop: make(chan struct{})}
	p.done.Go(p.tick)
	return p
}

func (p *printer) add(at time.Time, text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held = append(p.held, entry{at, text})
}

func (p *printer) tick() {
	ticker := time.NewTicker(sortWindow / 2)
	defer ticker.Stop()
	for {
		select {
		case now := <-ticker.C:
			p.print(now.Add(-sortWindow))
		case <-p.stop:
			return
		}
	}
}

// print prints what happened until then.
func (p *printer) print(until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	slices.SortStableFunc(p.held, func(a, b entry) int { return cmp.Compare(a.at.UnixNano(), b.at.UnixNano()) })
	for len(p.held) > 0 && !p.held[0].at.After(until) {
		e := p.held[0]
		fmt.Printf("   %6.3fs  %s\n", max(0, e.at.Sub(p.began).Seconds()), e.text)
		p.held = p.held[1:]
	}
}

// close prints the rest.
func (p *printer) close() {
	close(p.stop)
	p.done.Wait()
	p.print(time.Now().Add(time.Hour))
}

// heading makes a text bold where the output is a terminal.
func heading(text string) string {
	info, err := os.Stdout.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 || os.Getenv("NO_COLOR") != "" {
		return text
	}
	return "\x1b[1m" + text + "\x1b[0m"
}

func round(d time.Duration) time.Duration { return d.Round(time.Millisecond) }
