package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestComplete(t *testing.T) {
	root := newParser(new(program)).Model.Node
	for line, want := range map[string]string{
		"":                               "serve exec sweep completion",
		"s":                              "serve sweep",
		"--log-f":                        "--log-format",
		"--log-format ":                  "text json",
		"--log-format text se":           "serve",
		"serve --r":                      "--region --runtime --registry",
		"serve --log-l":                  "--log-level",
		"serve --runtime ":               "docker simulated",
		"serve --runtime sim":            "simulated",
		"serve --runtime=d":              "--runtime=docker",
		"serve --runtime = s":            "simulated",
		"serve --runtime =":              "",
		"serve --seed ":                  "",
		"serve ":                         "",
		"exec --runtime simulated --pul": "--pull",
		"exec -- ":                       "",
		"exec aws ":                      "",
		"sweep --":                       "--help --log-level --log-format --version --session",
		"completion ":                    "bash zsh fish",
		"nothing ":                       "",
	} {
		var words []string
		for _, found := range complete(root, strings.Split(line, " ")) {
			word, help, _ := strings.Cut(found, "\t")
			words = append(words, word)
			assert.NotEmpty(t, help, word)
		}
		assert.ElementsMatch(t, strings.Fields(want), words, "%q", line)
	}
}

// TestCompletionInShells has the shells complete a line with the program.
func TestCompletionInShells(t *testing.T) {
	t.Parallel()
	for shell, ask := range map[string]string{
		"bash": `source <(ecsfixture completion bash); COMP_WORDS=(ecsfixture serve --runtime ""); COMP_CWORD=3
			_ecsfixture ecsfixture; echo "${COMPREPLY[*]}"`,
		"zsh": `compdef() { :; }; _describe() { echo "$1: ${(P)2}"; }; source <(ecsfixture completion zsh)
			words=(ecsfixture serve --runtime ""); CURRENT=4; _ecsfixture`,
		"fish": `ecsfixture completion fish | source; complete -C "ecsfixture serve --runtime "`,
	} {
		if _, err := exec.LookPath(shell); err != nil {
			t.Fatalf("this test needs %s: run \"apt-get install %[1]s\" (%v)", shell, err)
		}
		cmd := exec.Command(shell, "-c", ask)
		cmd.Env = append(cmd.Environ(), fmt.Sprintf("PATH=%s:%s", filepath.Dir(binary), "/usr/bin:/bin"), "HOME="+t.TempDir())
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s: %s", shell, out)
		assert.Regexp(t, `(?s)docker.*simulated`, string(out), shell)
		assert.NotContains(t, string(out), "error", shell)
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	o := ended(t, command(t, "--help"))
	assert.Zero(t, o.code)
	for _, name := range []string{"serve", "exec", "sweep", "completion", "--log-level"} {
		assert.Contains(t, o.out, name)
		if !strings.HasPrefix(name, "-") {
			help := ended(t, command(t, name, "--help"))
			assert.Zero(t, help.code)
			assert.Contains(t, help.out, "ecsfixture "+name)
		}
	}
	assert.NotContains(t, o.out, "complete ")
	assert.Contains(t, ended(t, command(t, "completion", "--help")).out, "\n    bash: source <(ecsfixture completion bash)\n    zsh:")
}
