package io.gangway.docs;

/** Paragraphs of generated documents, with lines of a length that can be read in an editor. */
final class Wrapped {
    private static final int LINE_LENGTH = 100;

    private Wrapped() {}

    static void append(String paragraph, StringBuilder text) {
        int column = 0;
        for (String word : paragraph.split(" +", -1)) {
            if (column > 0 && column + 1 + word.length() > LINE_LENGTH) {
                text.append('\n');
                column = 0;
            } else if (column > 0) {
                text.append(' ');
                column++;
            }
            text.append(word);
            column += word.length();
        }
        text.append('\n');
    }
}
