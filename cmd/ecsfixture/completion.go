package main

import (
	_ "embed" // the scripts
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// completionCommand prints the script that makes a shell ask completeCommand.
type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

//go:embed completion/bash.sh
var bashCompletion string

//go:embed completion/zsh.sh
var zshCompletion string

//go:embed completion/fish.fish
var fishCompletion string

// Help is shown by kong.
func (completionCommand) Help() string {
	return `In each shell, or in what it reads first:

    bash: source <(ecsfixture completion bash)
    zsh:  source <(ecsfixture completion zsh), after compinit
    fish: ecsfixture completion fish | source`
}

// Run is called by kong.
func (c *completionCommand) Run() error {
	_, err := fmt.Print(map[string]string{"bash": bashCompletion, "zsh": zshCompletion, "fish": fishCompletion}[c.Shell])
	return err
}

// completeCommand lists what the last of some words can be.
type completeCommand struct {
	Words []string `arg:"" optional:"" passthrough:"" help:"The words after ecsfixture, after --."`
}

// Run is called by kong.
func (c *completeCommand) Run(k *kong.Kong) error {
	words := c.Words
	if len(words) > 0 && words[0] == "--" {
		words = words[1:]
	}
	for _, found := range complete(k.Model.Node, words) {
		fmt.Println(found)
	}
	return nil
}

// complete returns what the last word can be, each with a tab and its help.
// It returns nothing where a file's name or another command's words go.
func complete(node *kong.Node, words []string) (found []string) {
	if len(words) == 0 {
		return nil
	}
	last := len(words) - 1
	var open *kong.Flag // its value comes next
	for _, word := range words[:last] {
		switch {
		case open != nil && word == "=": // bash makes it a word
		case open != nil:
			open = nil
		case strings.HasPrefix(word, "-"):
			if open = flagOf(node, word); word == "--" {
				return nil
			}
		default:
			next := childOf(node, word)
			if next == nil {
				return nil
			}
			node = next
		}
	}
	return starting(words[last], candidates(node, open, words[last]))
}

// candidates are what can follow in a node.
func candidates(node *kong.Node, open *kong.Flag, word string) []string {
	name, _, assigned := strings.Cut(word, "=")
	switch {
	case open != nil && word == "=":
		return nil
	case open != nil:
		return values(open.Value, "")
	case assigned && strings.HasPrefix(word, "-"):
		if flag := flagOf(node, name); flag != nil {
			return values(flag.Value, name+"=")
		}
		return nil
	case strings.HasPrefix(word, "-"):
		return flags(node)
	case len(node.Positional) > 0:
		return values(node.Positional[0], "")
	}
	return children(node)
}

func values(v *kong.Value, prefix string) (list []string) {
	if v.Enum == "" {
		return nil
	}
	for _, value := range v.EnumSlice() {
		list = append(list, prefix+value+"\t"+v.Help)
	}
	return list
}

func flags(node *kong.Node) (list []string) {
	for _, f := range slices.Concat(node.AllFlags(true)...) {
		list = append(list, "--"+f.Name+"\t"+f.Help)
	}
	return list
}

func children(node *kong.Node) (list []string) {
	for _, c := range node.Children {
		if !c.Hidden {
			list = append(list, c.Name+"\t"+c.Help)
		}
	}
	return list
}

// flagOf is the flag that a word names if its value is the next word.
func flagOf(node *kong.Node, word string) *kong.Flag {
	for _, f := range slices.Concat(node.AllFlags(false)...) {
		if word == "--"+f.Name && !f.IsBool() {
			return f
		}
	}
	return nil
}

func childOf(node *kong.Node, name string) *kong.Node {
	for _, c := range node.Children {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// starting keeps what begins as the word does.
func starting(word string, all []string) []string {
	if word == "=" {
		word = ""
	}
	return slices.DeleteFunc(all, func(s string) bool { return !strings.HasPrefix(s, word) })
}
