using System.CommandLine;
using MedR1.Benchmarks.Datasets;

namespace MedR1.Benchmarks.Commands;

/// <summary>Commands about data sets.</summary>
internal static class DatasetCommands
{
    public static Command Read()
    {
        Argument<DirectoryInfo> folder = new("folder") { Description = "The folder for the data set." };
        Option<int> items = CommonArguments.Number("--items", "Questions to write.", 127_995);
        Option<int> images = CommonArguments.Number("--pictures", "Images that the questions share.", 2_000);
        Option<int> side = CommonArguments.Number("--side", "Width and height of the images.", 128);
        Command command = new(
            "read-datasets", "Writes a folder in OmniMedVQA's layout, loads it and opens every image.")
        {
            folder, items, images, side,
        };
        command.SetAction((result, cancellationToken) =>
        {
            ReadingSpeed.Run(
                result.GetValue(folder)!.FullName, result.GetValue(items), result.GetValue(images),
                result.GetValue(side), Console.Out, cancellationToken);
            return Task.CompletedTask;
        });
        return command;
    }
}
