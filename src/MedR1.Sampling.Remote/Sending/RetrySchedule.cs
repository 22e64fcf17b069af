using System.Globalization;

namespace MedR1.Sampling.Remote;

/// <summary>Computes the delays between attempts.</summary>
internal static class RetrySchedule
{
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(1);

    // A header from a server with a wrong clock must not stop training for days.
    private static readonly TimeSpan s_longestAsked = TimeSpan.FromMinutes(10);

    /// <summary>The delay after an attempt, counted from 1; a delay that the server requests takes precedence.</summary>
    public static TimeSpan Wait(TimeSpan first, long seed, int attempt, TimeSpan? asked)
    {
        if (asked is TimeSpan wait)
        {
            return wait < s_longestAsked ? wait : s_longestAsked;
        }

        // Requests that failed together must not be retried together: the seed determines a share of the delay.
        double whole = Math.Min(s_longest.TotalSeconds, first.TotalSeconds * Math.Pow(2, attempt - 1));
        return TimeSpan.FromSeconds(whole * (0.5 + 0.5 * PromptSeeds.Jitter(seed, attempt)));
    }

    /// <summary>Reads a Retry-After header: seconds or a date; null if it is neither, or the date is past.</summary>
    public static TimeSpan? ReadRetryAfter(string? header, DateTimeOffset now)
    {
        if (double.TryParse(header, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds)
            && double.IsFinite(seconds))
        {
            return TimeSpan.FromSeconds(Math.Min(seconds, s_longestAsked.TotalSeconds));
        }

        // Only the exact format: a lenient parser mistakes many invalid numbers for a day of the current month. A date that is past is that
        // of a different clock, and no request to use up all attempts at once.
        return DateTimeOffset.TryParseExact(
            header, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset date)
            && date > now
            ? date - now
            : null;
    }
}
