/* SPDX-License-Identifier: BSD-2-Clause */
/* Text: formatting, numbers, words; see text.h. */
#include <base/text.h>
#include <string.h>

struct output {
	char *text;
	size_t size, length;
};

struct field {
	int width, precision; /* precision -1: none */
	int left, zero, longs; /* longs: -1 half, 0 int, 1 long, 2 long long */
};

static void output_char(struct output *output, char byte)
{
	if (output->length + 1 < output->size)
		output->text[output->length] = byte;
	output->length++;
}

static void output_fill(struct output *output, char byte, int count)
{
	for (; count > 0; count--)
		output_char(output, byte);
}

static void output_text(struct output *output, const struct field *field,
    const char *text)
{
	int length = 0;

	if (!text)
		text = "(null)";
	while ((field->precision < 0 || length < field->precision) &&
	    text[length])
		length++;
	if (!field->left)
		output_fill(output, ' ', field->width - length);
	for (int i = 0; i < length; i++)
		output_char(output, text[i]);
	if (field->left)
		output_fill(output, ' ', field->width - length);
}

/* value in digits from the end of a buffer; returns where they start. */
static char *number_digits(uint64_t value, unsigned base, int upper, char *end)
{
	const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	uint32_t small;

	while (value >> 32) {
		*--end = digits[value % base];
		value /= base;
	}
	small = (uint32_t)value;
	do {
		*--end = digits[small % base];
		small /= base;
	} while (small);
	return end;
}

static void output_number(struct output *output, const struct field *field,
    uint64_t value, unsigned base, const char *prefix, int upper)
{
	char buffer[24], *end = buffer + sizeof buffer;
	char *digit = number_digits(value, base, upper, end);
	int length = (int)(end - digit), zeros = field->precision - length;
	int pad;

	if (field->precision == 0 && value == 0)
		length = 0, zeros = 0;
	if (zeros < 0)
		zeros = 0;
	pad = field->width - length - zeros - (int)strlen(prefix);
	if (field->zero && !field->left && field->precision < 0 && pad > 0)
		zeros = pad, pad = 0;
	if (!field->left)
		output_fill(output, ' ', pad);
	while (*prefix)
		output_char(output, *prefix++);
	output_fill(output, '0', zeros);
	for (int i = 0; i < length; i++)
		output_char(output, digit[i]);
	if (field->left)
		output_fill(output, ' ', pad);
}

/* va_list is passed in a structure so that reading moves it everywhere. */
struct arguments {
	va_list list;
};

static uint64_t argument_unsigned(struct arguments *arguments, int longs)
{
	if (longs == 2)
		return va_arg(arguments->list, unsigned long long);
	if (longs == 1)
		return va_arg(arguments->list, unsigned long);
	return va_arg(arguments->list, unsigned);
}

static int64_t argument_signed(struct arguments *arguments, int longs)
{
	if (longs == 2)
		return va_arg(arguments->list, long long);
	if (longs == 1)
		return va_arg(arguments->list, long);
	return va_arg(arguments->list, int);
}

static const char *field_number(const char *format, int *value,
    struct arguments *arguments)
{
	if (*format == '*') {
		*value = va_arg(arguments->list, int);
		return format + 1;
	}
	for (*value = 0; *format >= '0' && *format <= '9'; format++)
		*value = *value * 10 + (*format - '0');
	return format;
}

/* Reads flags, width, precision and length; returns at the conversion. */
static const char *field_read(struct field *field, const char *format,
    struct arguments *arguments)
{
	field->left = field->zero = field->longs = 0;
	field->precision = -1;
	for (;; format++) {
		if (*format == '-')
			field->left = 1;
		else if (*format == '0')
			field->zero = 1;
		else if (*format != '+' && *format != ' ' && *format != '#')
			break;
	}
	format = field_number(format, &field->width, arguments);
	if (field->width < 0) {
		field->left = 1;
		field->width = -field->width;
	}
	if (*format == '.')
		format = field_number(format + 1, &field->precision, arguments);
	for (;; format++) {
		if (*format == 'l')
			field->longs++;
		else if (*format == 'j')
			field->longs = 2;
		else if (*format == 'z' || *format == 't')
			field->longs = 1;
		else if (*format != 'h')
			return format;
	}
}

static void output_signed(struct output *output, const struct field *field,
    int64_t value)
{
	uint64_t magnitude = (uint64_t)value;

	output_number(output, field, value < 0 ? -magnitude : magnitude, 10,
	    value < 0 ? "-" : "", 0);
}

static void output_pointer(struct output *output, struct field *field,
    const void *pointer)
{
	if (!field->width)
		field->precision = 8;
	output_number(output, field, (uintptr_t)pointer, 16, "0x", 0);
}

static void output_field(struct output *output, struct field *field, char kind,
    struct arguments *arguments)
{
	char letter[2] = { 0, 0 };

	switch (kind) {
	case 's':
		output_text(output, field, va_arg(arguments->list, char *));
		break;
	case 'c':
		letter[0] = (char)va_arg(arguments->list, int);
		output_text(output, field, letter);
		break;
	case 'd':
	case 'i':
		output_signed(output, field,
		    argument_signed(arguments, field->longs));
		break;
	case 'p':
		output_pointer(output, field, va_arg(arguments->list, void *));
		break;
	case 'u':
	case 'x':
	case 'X':
	case 'o':
		output_number(output, field,
		    argument_unsigned(arguments, field->longs),
		    kind == 'u' ? 10 : kind == 'o' ? 8 : 16, "", kind == 'X');
		break;
	default:
		output_char(output, kind);
	}
}

int text_format_list(char *text, size_t size, const char *format, va_list list)
{
	struct output output = { text, size, 0 };
	struct arguments arguments;
	struct field field;

	va_copy(arguments.list, list);
	for (; *format; format++) {
		if (*format != '%') {
			output_char(&output, *format);
			continue;
		}
		format = field_read(&field, format + 1, &arguments);
		if (!*format)
			break;
		output_field(&output, &field, *format, &arguments);
	}
	va_end(arguments.list);
	if (size)
		text[output.length < size ? output.length : size - 1] = 0;
	return (int)output.length;
}

int text_format(char *text, size_t size, const char *format, ...)
{
	va_list list;
	int length;

	va_start(list, format);
	length = text_format_list(text, size, format, list);
	va_end(list);
	return length;
}

size_t text_append(char *text, size_t size, const char *format, ...)
{
	size_t length = strlen(text);
	va_list list;

	if (length + 1 >= size)
		return length;
	va_start(list, format);
	length += (size_t)text_format_list(text + length, size - length,
	    format, list);
	va_end(list);
	return length < size ? length : size - 1;
}

static unsigned digit_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return (unsigned)(digit - '0');
	if (digit >= 'a' && digit <= 'z')
		return (unsigned)(digit - 'a') + 10;
	if (digit >= 'A' && digit <= 'Z')
		return (unsigned)(digit - 'A') + 10;
	return 99;
}

int text_number(const char **text, unsigned base, uint64_t *value)
{
	const char *at = *text, *start;
	uint64_t sum = 0;

	if (base == 0) {
		base = at[0] == '0' ? 8 : 10;
		if (base == 8 && (at[1] | 32) == 'x' &&
		    digit_value(at[2]) < 16)
			base = 16;
	}
	if (base == 16 && at[0] == '0' && (at[1] | 32) == 'x' &&
	    digit_value(at[2]) < 16)
		at += 2;
	for (start = at; digit_value(*at) < base; at++) {
		if (sum > (UINT64_MAX - digit_value(*at)) / base)
			return 0;
		sum = sum * base + digit_value(*at);
	}
	if (at == start)
		return 0;
	*text = at;
	*value = sum;
	return 1;
}

unsigned text_unsigned(const char *text, unsigned otherwise)
{
	uint64_t value;

	if (!text || !text_number(&text, 0, &value) || *text ||
	    value > UINT32_MAX)
		return otherwise;
	return (unsigned)value;
}

int text_copy(char *to, size_t size, const char *from, size_t length)
{
	if (length >= size)
		return 0;
	memcpy(to, from, length);
	to[length] = 0;
	return 1;
}

int text_equals(const char *name, size_t length, const char *text)
{
	return strlen(text) == length && memcmp(name, text, length) == 0;
}

const char *text_after(const char *text, const char *prefix)
{
	while (*prefix)
		if (*text++ != *prefix++)
			return NULL;
	return text;
}

static int is_space(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

int text_words(char *text, char **words, int limit)
{
	int count = 0, quoted;
	char *to;

	while (count < limit) {
		while (is_space(*text))
			text++;
		if (!*text)
			break;
		words[count++] = to = text;
		for (quoted = 0; *text && (quoted || !is_space(*text)); text++)
			if (*text == '"')
				quoted = !quoted;
			else
				*to++ = *text;
		if (*text)
			text++;
		*to = 0;
	}
	if (count < limit)
		words[count] = NULL;
	return count;
}

const char *text_option(int count, char *const *words, const char *name,
    const char *otherwise)
{
	const char *found = otherwise, *rest;

	for (int i = 0; i < count; i++) {
		rest = text_after(words[i], name);
		if (rest && *rest == '=')
			found = rest + 1;
		else if (rest && !*rest)
			found = "";
	}
	return found;
}
