using System.Globalization;
using Apache.Arrow.Types;

namespace MedR1.Datasets.Arrow;

/// <summary>Formats dates and times by ISO 8601, as for Parquet files.</summary>
internal static class TimeText
{
    private const long DayMilliseconds = 24 * 60 * 60 * 1000;

    private const int NanosecondsPerTick = 100;

    /// <summary>A date, such as 2024-01-02.</summary>
    /// <param name="days">Days since 1970.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is outside the years 1 to 9999: the caller names the file.</exception>
    public static string OfDay(long days) =>
        DateTime.UnixEpoch.AddDays(days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>The date of a time.</summary>
    /// <param name="milliseconds">Milliseconds since 1970.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is outside the years 1 to 9999: the caller names the file.</exception>
    public static string OfDayAt(long milliseconds) => OfDay(Whole(milliseconds, DayMilliseconds));

    /// <summary>
    /// A time, such as 2024-01-02T03:04:05.0000000, with a precision of 100 nanoseconds; with a Z if it is in UTC.
    /// </summary>
    /// <param name="count">Units since 1970.</param>
    /// <param name="type">
    /// The unit, and whether there is a time zone, in which case the numbers are in UTC whatever the zone.
    /// </param>
    /// <exception cref="Exception">It is outside the years 1 to 9999: the caller names the file.</exception>
    public static string OfTime(long count, TimestampType type)
    {
        long ticks = type.Unit switch
        {
            TimeUnit.Second => checked(count * TimeSpan.TicksPerSecond),
            TimeUnit.Millisecond => checked(count * TimeSpan.TicksPerMillisecond),
            TimeUnit.Microsecond => checked(count * TimeSpan.TicksPerMicrosecond),
            _ => Whole(count, NanosecondsPerTick),
        };
        DateTimeKind kind = string.IsNullOrEmpty(type.Timezone) ? DateTimeKind.Unspecified : DateTimeKind.Utc;
        return DateTime.SpecifyKind(DateTime.UnixEpoch.AddTicks(ticks), kind).ToString("O", CultureInfo.InvariantCulture);
    }
    // Rounds down before 1970 as after it.
    private static long Whole(long count, long unit) =>
        count / unit - (count % unit < 0 ? 1 : 0);
}
