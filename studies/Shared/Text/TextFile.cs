using System.Text;

namespace MlNetNtd.Examples;

/// <summary>Reads the text, and says in one sentence why it cannot be read.</summary>
internal static class TextFile
{
    /// <summary>More than any book. Without a limit, a device file would be read for ever.</summary>
    private const int MaxCharacters = 1 << 24;

    /// <summary>The whole text of a file.</summary>
    /// <exception cref="UserErrorException">The file is missing, empty, too large, not a text in UTF-8 or not readable.</exception>
    public static string Read(string path)
    {
        if (Directory.Exists(path))
            throw new UserErrorException($"The input '{path}' is a directory; a text file is needed.");

        var text = ReadAtMost(path, MaxCharacters);
        if (string.IsNullOrWhiteSpace(text))
            throw new UserErrorException($"The input '{path}' is empty; a text is needed.");
        if (text.Contains('\0', StringComparison.Ordinal))
            throw new UserErrorException($"The input '{path}' is not a text: it holds zero bytes.");
        return text;
    }

    private static string ReadAtMost(string path, int limit)
    {
        try
        {
            // Other encodings are not guessed at, and what is no UTF-8 is not read as question marks.
            using var reader = new StreamReader(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: false);
            var buffer = new char[8192];
            var text = new StringBuilder();
            int count;
            while ((count = reader.ReadBlock(buffer)) > 0)
            {
                text.Append(buffer, 0, count);
                if (text.Length > limit)
                    throw new UserErrorException($"The input '{path}' is too large: at most {limit} characters are read.");
            }

            // The byte order mark is no part of the text.
            return text.ToString().TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException e)
        {
            throw new UserErrorException($"The input '{path}' is not a text in UTF-8; save it in that encoding first.", e);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UserErrorException($"The input '{path}' does not exist.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"The input '{path}' cannot be read: {e.Message.TrimEnd('.')}.", e);
        }
    }
}
