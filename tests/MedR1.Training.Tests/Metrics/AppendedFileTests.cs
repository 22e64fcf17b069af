namespace MedR1.Training.Tests;

/// <summary>A temporarily full disk costs neither a record nor the file.</summary>
public sealed class AppendedFileTests
{
    [Fact]
    public void A_record_that_did_not_fit_is_written_completely_with_the_next()
    {
        SmallDisk disk = new() { Room = 12 };
        using AppendedFile file = new(disk);
        file.Append("first\n"u8, isKept: true);
        Assert.Throws<IOException>(() => file.Append("the second\n"u8, isKept: true));
        Assert.Throws<IOException>(() => file.Append("third\n"u8, isKept: true));
        Assert.Equal("first\n", disk.Text);

        disk.Room = 100;
        file.Append("fourth\n"u8, isKept: true);

        Assert.Equal("first\nthe second\nthird\nfourth\n", disk.Text);
    }

    [Fact]
    public void A_record_that_is_not_kept_leaves_no_partial_record()
    {
        SmallDisk disk = new() { Room = 12 };
        using AppendedFile file = new(disk);
        file.Precede("\n"u8);
        Assert.Throws<IOException>(() => file.Append("it does not fit\n"u8, isKept: false));
        Assert.Equal("", disk.Text);

        file.Append("it fits\n"u8, isKept: false);

        Assert.Equal("\nit fits\n", disk.Text);
    }

    [Fact]
    public void Closing_writes_what_fits_and_never_fails()
    {
        SmallDisk disk = new() { Room = 3 };
        AppendedFile file = new(disk);
        Assert.Throws<IOException>(() => file.Append("first\n"u8, isKept: true));
        disk.Room = 100;
        file.Dispose();
        Assert.Equal("first\n", disk.Text);

        SmallDisk full = new() { Room = 3 };
        AppendedFile other = new(full);
        Assert.Throws<IOException>(() => other.Append("first\n"u8, isKept: true));
        other.Dispose();
        Assert.Equal("", full.Text);

        // Twice, as by a container and by its user.
        other.Dispose();
    }
}
