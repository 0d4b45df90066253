package simulated

import (
	"context"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// Option sets up a [Runtime].
type Option func(*config)

// config is fixed once New has returned.
type config struct {
	rules  []rule
	strict bool
	faults map[Operation][]func(context.Context, Call) error
}

// rule ties a script to a matcher.
type rule struct {
	matcher Matcher
	script  *script
}

// On makes the containers that m picks follow a script. It panics if the
// script says how to pull and m doesn't go by image alone, since a pull knows
// nothing else.
func On(m Matcher, steps ...Step) Option {
	s := newScript(steps)
	if s.pulls && !m.byImage() {
		panic("simulated: FailPull and SlowPull need a matcher by image alone, a pull knows nothing else")
	}
	return func(c *config) { c.rules = append(c.rules, rule{m, s}) }
}

// Strict refuses containers that no script is for. Their image fails to
// pull; where scripts go by container or command, which a pull doesn't know,
// they fail to be created.
func Strict() Option { return func(c *config) { c.strict = true } }

// script finds the script of a container, nil if it has none.
func (c *config) script(spec *runtime.ContainerSpec) *script {
	var found *script
	best := mismatch
	for _, r := range c.rules {
		if w := r.matcher.weigh(spec); w != mismatch && w >= best {
			found, best = r.script, w
		}
	}
	return found
}

// pullScript finds the script that says how to pull an image, nil if none
// does.
func (c *config) pullScript(ref string) *script {
	var byImage config
	for _, r := range c.rules {
		if r.matcher.byImage() {
			byImage.rules = append(byImage.rules, r)
		}
	}
	return byImage.script(&runtime.ContainerSpec{Image: ref})
}

// knowsImage tells whether some rule may be for containers of an image.
func (c *config) knowsImage(ref string) bool {
	for _, r := range c.rules {
		if weighImage(r.matcher.image, ref) != mismatch {
			return true
		}
	}
	return false
}
