using System.Globalization;
using BitMiracle.LibTiff.Classic;

namespace MedR1.Imaging.Tiff;

/// <summary>
/// Collects what LibTiff.NET says about one file. Its handler is global: what is said about files that others opened goes to the
/// handler that there was before.
/// </summary>
internal sealed class TiffMessages
{
    static TiffMessages()
    {
        Router router = new();
        router.Before = BitMiracle.LibTiff.Classic.Tiff.SetErrorHandler(router);
    }

    /// <summary>The first error; empty if there is none.</summary>
    public string First { get; private set; } = "";

    private static string Text(string format, object[] values)
    {
        try
        {
            return string.Format(CultureInfo.InvariantCulture, format, values ?? []).TrimEnd('.', ' ');
        }
        catch (FormatException)
        {
            return format;
        }
    }

    private sealed class Router : TiffErrorHandler
    {
        public TiffErrorHandler? Before { get; set; }

        public override void ErrorHandler(
            BitMiracle.LibTiff.Classic.Tiff tif, string method, string format, params object[] args)
        {
            if (tif?.Clientdata() is not TiffFile)
            {
                Before?.ErrorHandler(tif, method, format, args);
            }
        }

        public override void ErrorHandlerExt(
            BitMiracle.LibTiff.Classic.Tiff tif, object clientData, string method, string format, params object[] args)
        {
            if (clientData is not TiffFile file)
            {
                Before?.ErrorHandlerExt(tif, clientData, method, format, args);
            }
            else if (file.Messages.First.Length == 0)
            {
                file.Messages.First = Text(format, args);
            }
        }

        public override void WarningHandler(
            BitMiracle.LibTiff.Classic.Tiff tif, string method, string format, params object[] args)
        {
            if (tif?.Clientdata() is not TiffFile)
            {
                Before?.WarningHandler(tif, method, format, args);
            }
        }

        public override void WarningHandlerExt(
            BitMiracle.LibTiff.Classic.Tiff tif, object clientData, string method, string format, params object[] args)
        {
            if (clientData is not TiffFile)
            {
                Before?.WarningHandlerExt(tif, clientData, method, format, args);
            }
        }
    }
}
