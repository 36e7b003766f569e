package cli

import (
	"bytes"
	"fmt"
)

// topic is a text of help about something that is not a command.
type topic struct {
	name, short string
	// text gives whole lines.
	text func() string
}

// topics lists what help explains beside the commands.
func topics() []topic {
	return []topic{
		{"exit-codes", "What the exit code of a command means", exitCodesTopic},
		{"environment", "The variables that evbook reads", environmentTopic},
		{"formatting", "The formats of answers, their fields and colours", formattingTopic},
		{"dates", "How to write dates, times and durations", datesTopic},
		{"scripting", "What scripts can rely on", scriptingTopic},
		{"http", "What serve answers", httpTopic},
	}
}

// topicNamed finds the topic of a name.
func topicNamed(name string) (topic, bool) {
	for _, t := range topics() {
		if t.name == name {
			return t, true
		}
	}
	return topic{}, false
}

// topicNames lists the names of the topics.
func topicNames() []string {
	var names []string
	for _, t := range topics() {
		names = append(names, t.name)
	}
	return names
}

// writeTopics lists the topics in the help of the program.
func writeTopics(b *bytes.Buffer) {
	fmt.Fprint(b, "\nTopics:\n")
	for _, t := range topics() {
		fmt.Fprintf(b, "  %-11s  %s\n", t.name, t.short)
	}
}
